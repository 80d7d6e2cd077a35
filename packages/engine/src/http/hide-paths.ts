/** Keeps paths of this machine out of what is sent to others. */
import { homedir } from "node:os"
import { printJson, type Wire, type WireObject } from "../protocol/json.ts"
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

/** Prints an answer. Errors of the file system and of runtimes name paths: in `details` they are replaced. */
export const printWithoutPaths = (message: WireObject, settings: SettingsValue): string => {
  const text = printJson(message)
  const found = placeholders(settings).filter(([path]) => text.includes(escaped(path)))
  return found.length === 0 ? text : printJson(hide(message, found) as WireObject) // an object stays one
}

const hide = (value: Wire, found: ReadonlyArray<readonly [string, string]>, key = ""): Wire => {
  if (typeof value === "string")
    return key === "details" ? found.reduce((text, [path, instead]) => text.replaceAll(path, instead), value) : value
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((item: Wire) => hide(item, found))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, hide(member, found, name)]))
}
