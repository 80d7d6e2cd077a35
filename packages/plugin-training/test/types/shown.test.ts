/** The types that an editor shows in hovers: by name, not by all of their members. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { API } from "typescript/unstable/sync"
import { expect, it } from "vitest"

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** The types at the first occurrence of each word in a file, as an editor shows them. */
const shownAt = (file: string, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const api = new API({ cwd: pathOf("") })
  try {
    const project = api.updateSnapshot({ openProject: pathOf("tsconfig.json") }).getProject(pathOf("tsconfig.json"))
    if (project === undefined) throw new Error("the compiler does not know the project")
    const text = readFileSync(pathOf(file), "utf8")
    return words.map((word) => {
      const at = text.indexOf(word)
      if (at < 0) throw new Error(`${file} does not contain ${word}`)
      const type = project.checker.getTypeAtPosition(pathOf(file), at)
      return type === undefined ? "" : project.checker.typeToString(type)
    })
  } finally {
    api.close()
  }
}

it("an editor shows evaluation types by name", () => {
  expect(shownAt("src/result/trained-model.ts", ["evaluation: ", "previous: "])).toEqual([
    "Evaluation | undefined",
    "Evaluation | undefined"
  ])
  expect(shownAt("src/evaluation/metrics.ts", ["each = concepts", "mistakes = "])).toEqual([
    "(readonly [string, ConceptEvaluation])[]",
    "Mistake[]"
  ])
})
