/** Sources of models as they are written: a package, a repository of a hub, an address, a file. */
import { resolve } from "node:path"
import type { ModelSource } from "./catalogue-entry.ts"
import { notAdded } from "./model-not-added.ts"

/** Ids of models are names of folders: letters, digits, and `.`, `_`, `-` inside. */
const idForm = /^[a-z0-9](?:[\w-]|\.(?!\.)){0,63}$/i

/** Throws for an id that cannot be the name of a folder. */
export const checkModelId = (id: string): string => {
  if (idForm.test(id) && !id.endsWith(".")) return id
  throw notAdded(
    JSON.stringify(id.slice(0, 80)),
    "name",
    "the name cannot be used; take letters, digits, and single dots, hyphens or underscores between them"
  )
}

const npmForm = /^(?:npm:)?(@[a-z0-9][\w.-]*\/[a-z0-9][\w.-]*|[a-z0-9][\w.-]*)(?:@([\w.+^~-]+))?$/i
const hubForm = /^hub:([\w-][\w.-]*\/[\w-][\w.-]*)(?:@([\w][\w./-]*))?$/

/**
 * Reads a source: `@scope/package@1.0.0`, `hub:ORG/REPO@REVISION`, an address, or a path that begins with `.` or `/`.
 *
 * @throws ModelNotAdded for any other text
 */
export const parseSource = (text: string, cwd: string): ModelSource => {
  const [, repository, revision = "main"] = hubForm.exec(text) ?? []
  if (repository !== undefined && !text.includes("..")) return { from: "hub", repository, revision }
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return { from: "url", url: text }
  if (/^(?:\.{0,2}[/\\]|[a-z]:\\)/i.test(text) || /\.(?:onnx|tgz|tar\.gz)$/.test(text))
    return { from: "file", path: resolve(cwd, text) }
  const [, name, version = "latest"] = npmForm.exec(text) ?? []
  if (name !== undefined && !text.includes("..")) return { from: "npm", name, version }
  throw notAdded(
    JSON.stringify(text.slice(0, 80)),
    "source",
    "it is no source; give a name of the catalogue, PACKAGE@VERSION, hub:ORG/REPO@REVISION, an address, or ./FILE"
  )
}

/** The last part of a source's name, as the id of its model. */
export const idOfSource = (source: ModelSource): string => {
  const path =
    source.from === "npm"
      ? source.name
      : source.from === "hub"
        ? source.repository
        : source.from === "url"
          ? new URL(source.url).pathname
          : source.path
  return (path.split(/[/\\]/).findLast((part) => part !== "") ?? "").replace(/\.(?:onnx|tgz|tar\.gz)$/, "")
}

/** A source as text, as `models.lock` records it. */
export const sourceText = (source: ModelSource): string => {
  switch (source.from) {
    case "npm":
      return `${source.name}@${source.version}`
    case "hub":
      return `hub:${source.repository}@${source.revision}`
    case "url":
      return source.url
    case "file":
      return source.path
  }
}
