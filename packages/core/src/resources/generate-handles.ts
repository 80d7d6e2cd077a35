// Generates TypeScript source with typed handles for the models of an account, vocabularies included.
import type { ModelRecord } from "./records.ts"

const reserved = new Set(
  (
    "abstract any as async await boolean break case catch class const continue debugger declare default delete do else " +
    "enum export extends false finally for from function get if implements import in instanceof interface is let " +
    "model module namespace new null number object of package private protected public return set static string " +
    "super switch symbol this throw true try type typeof undefined var void while with yield"
  ).split(" ")
)

/** The name of a constant: the id in camel case, with a number if the name is taken. */
const nameOf = (id: string, taken: Set<string>): string => {
  const words = id.split(/[^\p{L}\p{N}$]+/u).filter((word) => word !== "")
  const camel = words
    .map((word, i) => (i === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join("")
  const base =
    camel === "" || /^\p{N}/u.test(camel) || reserved.has(camel)
      ? `model${camel.charAt(0).toUpperCase()}${camel.slice(1)}`
      : camel
  let name = base
  for (let i = 2; taken.has(name); i++) name = `${base}${i}`
  taken.add(name)
  return name
}

/** JSON text without line terminators of JavaScript. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`)

/**
 * A TypeScript module with one typed handle for each model, sorted by name. The text is deterministic, so a change of
 * the account shows as a diff of the file.
 */
export const handlesSource = (models: ReadonlyArray<ModelRecord>): string => {
  const taken = new Set(["model"])
  const handles = models
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ appId, concepts, description, id, task, userId, versionId }) => {
      const about = description?.replace(/\s+/g, " ").replaceAll("*/", "* /").trim()
      const options = {
        id,
        ...(userId === undefined ? {} : { userId }),
        ...(appId === undefined ? {} : { appId }),
        ...(versionId === undefined ? {} : { versionId }),
        task
      }
      const members = Object.entries({ ...options, ...(concepts?.length ? { concepts } : {}) })
      const text = members.map(([key, value]) => `  ${key}: ${literal(value)}`).join(",\n")
      return `${about ? `/** ${about} */\n` : ""}export const ${nameOf(id, taken)} = model({\n${text}\n})\n`
    })
  // Without a handle the import would be unused.
  return [handles.length === 0 ? "export {}\n" : `import { model } from "@sightline/core"\n`, ...handles].join("\n")
}
