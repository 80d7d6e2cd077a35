import { expect, it } from "vitest"
import { deepImports, modulesOf } from "../pack/example-plugins.ts"

const doors = ["@sightline/core", "@sightline/core/plugin"]
const declarations = `import { type Media } from "@sightline/core/plugin";
import "side-effect";
export declare const a: import("@sightline/core").Chain<Media, import("./own.ts").Own>;
export declare const b: import("effect/Effect").Effect<void>;
`

it("the modules that declarations name are found, each once", () => {
  expect(modulesOf(declarations + declarations)).toEqual([
    "@sightline/core/plugin",
    "side-effect",
    "@sightline/core",
    "./own.ts",
    "effect/Effect"
  ])
})

it("a deep import of our packages, or a file of another package, is told from a door", () => {
  expect(deepImports(declarations, doors)).toEqual([])
  expect(deepImports(declarations, ["@sightline/core/plugin"])).toEqual(["@sightline/core"])
  const deep = `${declarations}export declare const c: import("@sightline/core/dist/chain/stage.js").Stage;
export declare const d: import("../node_modules/effect/dist/Effect.js").Effect<void>`
  expect(deepImports(deep, doors)).toEqual([
    "@sightline/core/dist/chain/stage.js",
    "../node_modules/effect/dist/Effect.js"
  ])
})
