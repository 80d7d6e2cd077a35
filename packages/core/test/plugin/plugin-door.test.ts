import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as door from "../../src/plugin.ts"

it("the door for plugins exports nothing of the tables of the wire", () => {
  assert.deepStrictEqual(
    Object.keys(door).filter((name) => name.endsWith("Wire")),
    []
  )
  const source = readFileSync(new URL("../../src/plugin.ts", import.meta.url), "utf8")
  assert.include(source, `from "./plugin/contract.ts"`)
  assert.notInclude(source, `from "./wire`)
})
