import { assert, it } from "@effect/vitest"
import { resolve } from "node:path"
import { inspect } from "node:util"
import { engine } from "../src/index.ts"

it("a console shows where an engine keeps its things, and no key", async () => {
  await using local = engine({ directory: "not-opened", key: "a-secret-key" })
  assert.strictEqual(inspect(local), `Connection(engine in ${resolve("not-opened")})`)
  assert.notInclude(inspect(local, { customInspect: false, depth: Infinity }), "a-secret-key")
})
