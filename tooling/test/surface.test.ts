import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { surfaceOf } from "../api/surface.ts"

const folders: Array<string> = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Each call has a folder of its own: declarations are read once for a path. */
const surface = (files: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "surface-"))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return surfaceOf("pkg", join(folder, "index.d.ts"), folder)
}

const files = {
  "index.d.ts": `export { a, type B as Bee } from "./a.js";\nexport * from "./c.js";\nexport * as all from "./d.js";\n`,
  "a.d.ts": `import type { Hidden } from "./hidden.js";\n/** Words. */\nexport declare const a: (x: Hidden) => B;\nexport interface B {\n    readonly /* why */ url: "http://x";\n}\n`,
  "hidden.d.ts": `export interface Hidden {\n    readonly deep: number;\n}\nexport interface Unused {\n    readonly no: 1;\n}\n`,
  "c.d.ts": `export declare class C {\n    m(): void;\n}\n`,
  "d.d.ts": `export { pipe } from "effect";\nexport declare const d: 1;\n`
}

it("tells every export, renamed, starred and nested, and what it stands on", () => {
  const text = surface(files)
  expect(text).toContain("// Bee\ninterface B {")
  expect(text).toContain("// C\ndeclare class C {")
  expect(text).toContain("// all.d\ndeclare const d: 1;")
  expect(text).toContain("// all.pipe: pipe of effect")
  expect(text).toContain("// Hidden, not exported here (hidden.d.ts)")
  expect(text).not.toContain("Unused")
})

it("words do not count, a changed type below an export does", () => {
  const said = surface({ ...files, "a.d.ts": files["a.d.ts"].replace("Words.", "Other words.") })
  expect(said).toBe(surface(files))
  const changed = surface({ ...files, "hidden.d.ts": files["hidden.d.ts"].replace("deep: number", "deep: string") })
  expect(changed).not.toBe(surface(files))
})

it("strings that look like comments stay", () => {
  expect(surface(files)).toContain(`readonly  url: "http://x";`)
})
