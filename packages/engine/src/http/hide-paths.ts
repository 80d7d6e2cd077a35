/** Keeps paths of this machine out of what is sent to others. */
import type { JsonObject } from "@sightline/core/wire"
import { codeFolders } from "@sightline/platform/process-pool"
import { realpathSync } from "node:fs"
import { homedir } from "node:os"
import { pathToFileURL } from "node:url"
import { printJson } from "../protocol/json.ts"
import type { SettingsValue } from "../settings.ts"

type Placeholder = readonly [path: string, instead: string]

/** The ways in which messages write a path: as it was given, without links, and both as in a `file:` address. */
const spellings = (path: string): ReadonlyArray<string> => {
  const all = [path]
  try {
    all.push(realpathSync(path))
  } catch {
    // it does not exist, so nothing is below it
  }
  return [...new Set(all.flatMap((each) => [each, pathToFileURL(each).pathname]))]
}

const findPlaceholders = ({ directory, models }: SettingsValue): ReadonlyArray<Placeholder> =>
  (
    [
      [models, "the engine's models folder"],
      [directory, "{engine folder}"],
      [process.cwd(), "{working folder}"],
      [homedir(), "{home folder}"],
      ...codeFolders(import.meta.url, []).map((path) => [path, "{code folder}"] as const)
    ] as const
  )
    .flatMap(([path, instead]) => spellings(path).map((spelling) => [spelling, instead] as const))
    .filter(([path]) => path.length > 3) // not the root
    .toSorted(([a], [b]) => b.length - a.length)

const known = new Map<string, ReadonlyArray<Placeholder>>()

/** Folders and what is written in their place, the longest first. Looked up once for the folders of an engine. */
const placeholders = (settings: SettingsValue): ReadonlyArray<Placeholder> => {
  const key = JSON.stringify([settings.models, settings.directory, process.cwd()])
  const found = known.get(key) ?? findPlaceholders(settings)
  known.set(key, found)
  return found
}

const escaped = (path: string): string => JSON.stringify(path).slice(1, -1)

/** Prints a response. Errors of the file system and of runtimes name paths: in `details` they are replaced. */
export const printWithoutPaths = (message: JsonObject, settings: SettingsValue): string => {
  const text = printJson(message)
  const found = placeholders(settings).filter(([path]) => text.includes(escaped(path)))
  return found.length === 0 ? text : printJson(hide(message, found))
}

/** A message whose `details` name no path of this machine. */
export const hidePaths = <A>(message: A, settings: SettingsValue): A => hide(message, placeholders(settings))

const hide = <A>(value: A, found: ReadonlyArray<Placeholder>): A => {
  const walk = (inner: unknown, key?: string): unknown => {
    if (typeof inner === "string")
      return key === "details" ? found.reduce((text, [path, instead]) => text.replaceAll(path, instead), inner) : inner
    if (typeof inner !== "object" || inner === null || inner instanceof Uint8Array) return inner
    // A list of numbers, such as an embedding, has no details.
    if (Array.isArray(inner)) return typeof inner[0] === "number" ? inner : inner.map((item) => walk(item))
    return Object.fromEntries(Object.entries(inner).map(([name, field]) => [name, walk(field, name)]))
  }
  return walk(value) as A // the same message with other details
}
