/** The outcomes of an earlier run, by which a run continues. */
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync
} from "node:fs"
import { createInterface } from "node:readline"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { OutcomeKey } from "./outcome-line.ts"

/** Labels of inputs by what became of them; the last line of an input counts. */
export interface EarlierOutcomes {
  readonly answered: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(OutcomeKey))

/** Reads a file of outcomes. Lines that are not outcomes, such as one that a kill has truncated, are skipped. */
export const readOutcomes = async (path: string, shown: string): Promise<EarlierOutcomes> => {
  const answered = new Set<string>()
  const failed = new Set<string>()
  try {
    for await (const line of createInterface({
      input: createReadStream(path, "utf8"),
      crlfDelay: Number.POSITIVE_INFINITY
    })) {
      const read = decode(line)
      if (Option.isNone(read)) continue
      const { input, ok } = read.value
      answered.delete(input)
      failed.delete(input)
      ;(ok ? answered : failed).add(input)
    }
  } catch (cause) {
    const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown error"
    const problem = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code
    throw new CommandError(`the outcomes in ${shown} cannot be read: ${problem}`, exitCode.input)
  }
  return { answered, failed }
}

const chunkBytes = 65_536

/** The length of a file without a last line that has no line break. */
const lengthOfWholeLines = (path: string, size: number): number => {
  const file = openSync(path, "r")
  try {
    const buffer = Buffer.alloc(chunkBytes)
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - chunkBytes)
      const length = readSync(file, buffer, 0, end - start, start)
      const at = buffer.subarray(0, length).lastIndexOf(0x0a)
      if (at >= 0) return start + at + 1
      end = start
    }
    return 0
  } finally {
    closeSync(file)
  }
}

/** True if a descriptor appends, false if it does not, undefined where the system does not say. */
const isAppending = (descriptor: number): boolean | undefined => {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1]
    return flags === undefined ? undefined : (Number.parseInt(flags, 8) & constants.O_APPEND) !== 0
  } catch {
    return undefined
  }
}

/**
 * Prepares a file that is both read and, as standard output, appended to. Removes a last line that a kill has truncated.
 * Fails if the shell has emptied the file, as `>` does: everything would be sent again.
 */
export const prepareAppending = (path: string, shown: string, descriptor: number): void => {
  const output = fstatSync(descriptor)
  const file = statSync(path)
  if (!output.isFile() || output.ino !== file.ino || output.dev !== file.dev) return
  if (file.size === 0 && isAppending(descriptor) !== true)
    throw new CommandError(
      `${shown} is empty, because the shell has emptied it; write ">> ${shown}" instead of "> ${shown}"`
    )
  const length = lengthOfWholeLines(path, file.size)
  if (length < file.size) ftruncateSync(descriptor, length)
}
