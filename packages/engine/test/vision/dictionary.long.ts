import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { resolve } from "node:path"

it("the stored dictionary is what its script makes, to the byte", () => {
  const script = resolve(import.meta.dirname, "../../../../tooling/dictionary/make.ts")
  const { status, stdout } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" })
  assert.strictEqual(status, 0, stdout)
}, 600_000)
