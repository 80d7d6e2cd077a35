import { expect, it } from "vitest"
import { withJsSpecifiers } from "../declarations.ts"

it("every form of relative import names the .js file", () => {
  const declarations = [
    `export { b } from "./b.ts";`,
    `import "../a/side.ts";`,
    `export type B = import("./deep/b.ts").B;`
  ].join("\n")
  expect(withJsSpecifiers(declarations)).toBe(declarations.replaceAll(".ts", ".js"))
})

it("packages, declarations and strings that are no import stay as they are", () => {
  const declarations = [
    `export { x } from "pkg/x.ts";`,
    `export type P = "./b.ts";`,
    `export { y } from "./b.d.mts";`,
    `export { z } from "./b.js";`
  ].join("\n")
  expect(withJsSpecifiers(declarations)).toBe(declarations)
})
