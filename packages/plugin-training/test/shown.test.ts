/** What an editor shows where it is asked for a type: its name, and not all of its members. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { API } from "typescript/unstable/sync"
import { expect, it } from "vitest"

const pathOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** The type of what the last of these words stands for, where they first stand in a file. */
const shownAt = (file: string, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const api = new API({ cwd: pathOf("") })
  try {
    const project = api.updateSnapshot({ openProject: pathOf("tsconfig.json") }).getProject(pathOf("tsconfig.json"))
    if (project === undefined) throw new Error("the compiler has no such project")
    const text = readFileSync(pathOf(file), "utf8")
    return words.map((word) => {
      const at = text.indexOf(word)
      if (at < 0) throw new Error(`${file} has no ${word}`)
      const type = project.checker.getTypeAtPosition(pathOf(file), at)
      return type === undefined ? "" : project.checker.typeToString(type)
    })
  } finally {
    api.close()
  }
}

it("an editor names the types of evaluations", () => {
  expect(shownAt("src/spec.ts", ["evaluation: ", "previous: "])).toEqual([
    "Evaluation | undefined",
    "Evaluation | undefined"
  ])
  expect(shownAt("src/evaluation/evaluate.ts", ["each = concepts", "mistakes = "])).toEqual([
    "(readonly [string, ConceptEvaluation])[]",
    "Mistake[]"
  ])
})
