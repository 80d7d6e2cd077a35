/** Keeps paths of this machine out of what is sent to others. */
import type { JsonObject } from "@sightline/core/wire"
import { homedir } from "node:os"
import { printJson } from "../protocol/json.ts"
import type { SettingsValue } from "../settings.ts"

/** Folders and what is written in their place, the longest first. */
const placeholders = ({ directory, models }: SettingsValue): ReadonlyArray<readonly [path: string, instead: string]> =>
  (
    [
      [models, "{models folder}"],
      [directory, "{engine folder}"],
      [process.cwd(), "{working folder}"],
      [homedir(), "{home folder}"]
    ] as const
  )
    .filter(([path]) => path.length > 3) // not the root
    .toSorted(([a], [b]) => b.length - a.length)

const escaped = (path: string): string => JSON.stringify(path).slice(1, -1)

/** Prints a response. Errors of the file system and of runtimes name paths: in `details` they are replaced. */
export const printWithoutPaths = (message: JsonObject, settings: SettingsValue): string => {
  const text = printJson(message)
  const found = placeholders(settings).filter(([path]) => text.includes(escaped(path)))
  return found.length === 0 ? text : printJson(hide(message, found))
}

/** A message whose `details` name no path of this machine. */
export const hidePaths = <A>(message: A, settings: SettingsValue): A => hide(message, placeholders(settings))

const hide = <A>(value: A, found: ReturnType<typeof placeholders>): A => {
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
