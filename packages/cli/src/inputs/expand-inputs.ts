/** Turns the arguments of a command into inputs, lazily: memory does not grow with their number. */
import { glob, open, readdir, stat } from "node:fs/promises"
import { join, resolve, sep } from "node:path"
import { createInterface } from "node:readline"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Input } from "../terminal/io.ts"
import { type InputItem, shownAddress, textItem } from "./input-item.ts"
import { type InputKind, kindOf } from "./media-kind.ts"

/** What is to be expanded. */
export interface InputArguments {
  /** Files, folders, globs, addresses, and `-` for a list on standard input. */
  readonly names: ReadonlyArray<string>
  /** Texts that are inputs themselves. */
  readonly texts: ReadonlyArray<string>
  /** The kind of all inputs; by extension if undefined. In folders, files of other kinds are skipped. */
  readonly kind: InputKind | undefined
  /** True if the names of a list are separated by NUL instead of line breaks. */
  readonly nul: boolean
  readonly cwd: string
  readonly stdin: Input
}

const isAddress = (name: string): boolean => /^(?:https?:\/\/|data:)/i.test(name)
const isGlob = (name: string): boolean => /[*?[\]{}]/.test(name)

const errorCode = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown error"

const unreadable = (name: string, cause: unknown): CommandError => {
  const code = errorCode(cause)
  const problem = code === "EACCES" || code === "EPERM" ? "no permission to read it" : code
  return new CommandError(`the folder ${name} cannot be read: ${problem}`, exitCode.input)
}

const fileItem = (label: string, path: string, kind: InputKind): InputItem => ({
  label,
  kind,
  source: { from: "file", path }
})

/** The first bytes of a few formats, for files without a known extension. */
const sniffKind = async (path: string): Promise<InputKind> => {
  const { sniff, kindOfType } = await import("@sightline/core/plugin")
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return "image" // reading it will report the problem
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4100), 0, 4100, 0)
    const type = sniff(buffer.subarray(0, bytesRead))
    return (type === undefined ? undefined : kindOfType(type)) ?? "image"
  } catch {
    return "image"
  } finally {
    await file.close()
  }
}

/** Files below a folder in the order of their names; those that start with a dot are skipped. */
async function* walk(label: string, path: string, kind: InputKind | undefined): AsyncGenerator<InputItem> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(label, cause)
  })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue
    const below = label.endsWith(sep) || label.endsWith("/") ? label + entry.name : join(label, entry.name)
    if (entry.isDirectory()) yield* walk(below, join(path, entry.name), kind)
    else {
      const found = kindOf(entry.name)
      const isFile = entry.isFile() || entry.isSymbolicLink()
      if (isFile && found !== undefined && (kind === undefined || found === kind))
        yield fileItem(below, join(path, entry.name), found)
    }
  }
}

async function* expandGlob(pattern: string, { cwd, kind }: InputArguments): AsyncGenerator<InputItem> {
  const found: Array<string> = []
  // On Windows a backslash separates folders; in a pattern it would escape.
  for await (const name of glob(sep === "\\" ? pattern.replaceAll("\\", "/") : pattern, { cwd })) found.push(name)
  if (found.length === 0) throw new CommandError(`no file matches ${JSON.stringify(pattern)}`, exitCode.input)
  for (const name of found.toSorted()) {
    const path = resolve(cwd, name)
    const status = await stat(path).catch(() => undefined)
    if (status?.isFile() === true) yield fileItem(name, path, kind ?? kindOf(name) ?? (await sniffKind(path)))
  }
}

async function* expandName(name: string, given: InputArguments): AsyncGenerator<InputItem> {
  const { cwd, kind } = given
  if (isAddress(name)) {
    const dataKind = /^data:(image|video|audio|text)\//i.exec(name)?.[1]?.toLowerCase() as InputKind | undefined // the group's alternatives
    yield {
      label: shownAddress(name),
      kind: kind ?? kindOf(name) ?? dataKind ?? "image",
      source: { from: "url", url: name }
    }
    return
  }
  const path = resolve(cwd, name)
  const status = await stat(path).catch(() => undefined)
  if (status?.isDirectory() === true) yield* walk(name, path, kind)
  // A file may have a name that looks like a pattern.
  else if (status === undefined && isGlob(name)) yield* expandGlob(name, given)
  else yield fileItem(name, path, kind ?? kindOf(name) ?? (await sniffKind(path)))
}

/** The names of a list, one on each line or separated by NUL. */
async function* readList({ nul, stdin }: InputArguments): AsyncGenerator<string> {
  if (!nul) {
    for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line.trim() !== "") yield line
    return
  }
  let rest = ""
  stdin.setEncoding("utf8")
  for await (const chunk of stdin) {
    const names = `${rest}${String(chunk)}`.split("\0")
    rest = names.pop() ?? ""
    yield* names.filter((name) => name !== "")
  }
  if (rest !== "") yield rest
}

/**
 * The inputs that the arguments name, in their order.
 *
 * @throws CommandError for a folder that cannot be read and a glob without files. A file that does not exist is an input
 * that fails when it is read.
 */
export async function* expandInputs(given: InputArguments): AsyncGenerator<InputItem> {
  for (const name of given.names) {
    if (name !== "-") yield* expandName(name, given)
    else for await (const line of readList(given)) yield* expandName(line, given)
  }
  for (const text of given.texts) yield textItem(text)
}

/** How many inputs there are and of which kinds; undefined if a list on standard input has to be read to know. */
export const surveyInputs = async (
  given: InputArguments
): Promise<{ readonly total: number; readonly kinds: ReadonlySet<InputKind> } | undefined> => {
  if (given.names.includes("-")) return undefined
  let total = 0
  const found = new Set<InputKind>()
  for await (const { kind } of expandInputs(given)) {
    total++
    found.add(kind)
  }
  return { total, kinds: found }
}
