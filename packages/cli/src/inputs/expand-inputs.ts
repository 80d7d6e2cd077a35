/** The inputs of a command: files, folders, globs, addresses, text and lists. This file: turns the arguments of a command into inputs, lazily: memory does not grow with their number. */
import { open, stat } from "node:fs/promises"
import { resolve } from "node:path"
import { createInterface } from "node:readline"
import { listFiles, ListingFailed } from "@sightline/platform/list-files"
import { kindOf, type MediaKind } from "@sightline/platform/media-kind"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Input } from "../terminal/io.ts"
import { type InputItem, shownAddress, textItem } from "./input-item.ts"

/** What is to be expanded. */
export interface InputArguments {
  /** Files, folders, globs, addresses, and `-` for a list on standard input. */
  readonly names: ReadonlyArray<string>
  /** Texts that are inputs themselves. */
  readonly texts: ReadonlyArray<string>
  /** The kind of all inputs; by extension if undefined. In folders, files of other kinds are skipped. */
  readonly kind: MediaKind | undefined
  /** True if the names of a list are separated by NUL instead of line breaks. */
  readonly nul: boolean
  readonly cwd: string
  readonly stdin: Input
}

const isAddress = (name: string): boolean => /^(?:https?:\/\/|data:)/i.test(name)

const toCommandError = ({ code, listed }: ListingFailed): CommandError => {
  if (code === "NOMATCH") return new CommandError(`no file matches ${JSON.stringify(listed)}`, exitCode.input)
  const problem = code === "EACCES" || code === "EPERM" ? "no permission to read it" : code
  return new CommandError(`the folder ${listed} cannot be read: ${problem}`, exitCode.input)
}

const fileItem = (label: string, path: string, kind: MediaKind): InputItem => ({
  label,
  kind,
  source: { from: "file", path }
})

/** The first bytes of a few formats, for files without a known extension. */
const sniffKind = async (path: string): Promise<MediaKind> => {
  const { sniff, kindOfType } = await import("@sightline/core/plugin")
  if (!(await stat(path).catch(() => undefined))?.isFile()) return "image" // reading it will report the problem
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

/** The files of a name. In folders, files of other kinds are skipped. */
async function* expandFiles(name: string, { cwd, kind }: InputArguments): AsyncGenerator<InputItem> {
  for await (const { isInFolder, name: label, path } of listFiles(name, cwd)) {
    const known = kindOf(label)
    if (!isInFolder) yield fileItem(label, path, kind ?? known ?? (await sniffKind(path)))
    else if (known !== undefined && (kind === undefined || known === kind)) yield fileItem(label, path, known)
  }
}

async function* expandName(name: string, given: InputArguments): AsyncGenerator<InputItem> {
  const { cwd, kind } = given
  if (isAddress(name)) {
    const dataKind = /^data:(image|video|audio|text)\//i.exec(name)?.[1]?.toLowerCase() as MediaKind | undefined // the group's alternatives
    yield {
      label: shownAddress(name),
      kind: kind ?? kindOf(name) ?? dataKind ?? "image",
      source: { from: "url", url: name }
    }
    return
  }
  try {
    yield* expandFiles(name, given)
  } catch (error) {
    if (!(error instanceof ListingFailed)) throw error
    if (error.code === "NOMATCH" || error.listed !== name || (await isFolder(cwd, name))) throw toCommandError(error)
    // a file that is not there, or cannot be reached, fails when it is read
    yield fileItem(name, resolve(cwd, name), kind ?? kindOf(name) ?? "image")
  }
}

const isFolder = async (cwd: string, name: string): Promise<boolean> =>
  (await stat(resolve(cwd, name)).catch(() => undefined))?.isDirectory() === true

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
): Promise<{ readonly total: number; readonly kinds: ReadonlySet<MediaKind> } | undefined> => {
  if (given.names.includes("-")) return undefined
  let total = 0
  const found = new Set<MediaKind>()
  for await (const { kind } of expandInputs(given)) {
    total++
    found.add(kind)
  }
  return { total, kinds: found }
}
