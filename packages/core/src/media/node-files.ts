/** The file system of Node, Bun and Deno: regular files only, and never more of one than is wanted. */
import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import * as Effect from "effect/Effect"
import type { Files } from "./file-system.ts"

/** Opening a named pipe without this waits for a writer, on one of the few threads that all files share. Windows lacks it. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Read where the caller names no limit, in bytes: what one `Uint8Array` holds everywhere. */
const defaultMaxBytes = 2 ** 31 - 1

/** A problem that may be shown as it is. */
class Refused extends Error {}

/** Of a file that the message names already. */
const problems: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  EISDIR: "it is a folder"
}

const problemOf = (cause: unknown): string => {
  if (cause instanceof Refused) return cause.message
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : undefined
  return problems[code ?? ""] ?? `it could not be read${code === undefined ? "" : ` (${code})`}`
}

const sizeOf = async (handle: FileHandle): Promise<number> => {
  const stats = await handle.stat()
  if (stats.isDirectory()) throw new Refused("it is a folder")
  if (!stats.isFile()) throw new Refused("it is no regular file")
  return stats.size
}

/** Some files have more bytes than their size says, such as those of `/proc`: reading ends at the limit all the same. */
const readAll = async (handle: FileHandle, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const size = await sizeOf(handle)
  if (size > maxBytes) throw new Refused(`it has ${size} bytes and at most ${maxBytes} can be sent`)
  let bytes = new Uint8Array(size + 1)
  let length = 0
  for (;;) {
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(maxBytes + 1, length * 2))
      larger.set(bytes)
      bytes = larger
    }
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length)
    length += bytesRead
    if (length > maxBytes) throw new Refused(`it has more than the ${maxBytes} bytes that can be sent`)
    if (bytesRead === 0) return bytes.subarray(0, length)
  }
}

const withFile = <A>(path: string, use: (handle: FileHandle) => Promise<A>): Effect.Effect<A, string> =>
  Effect.tryPromise({
    try: async () => {
      const handle = await open(path, flags)
      try {
        return await use(handle)
      } finally {
        await handle.close()
      }
    },
    catch: problemOf
  })

export const platformFiles: Files = {
  read: (path, maxBytes = defaultMaxBytes) => withFile(path, (handle) => readAll(handle, maxBytes)),
  size: (path) => withFile(path, sizeOf)
}
