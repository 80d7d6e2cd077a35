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

const problems: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no file at ${path}`,
  EACCES: (path) => `no permission to read ${path}`,
  EPERM: (path) => `no permission to read ${path}`,
  EISDIR: (path) => `${path} is a folder`
}

const problemOf = (path: string, cause: unknown): string => {
  if (cause instanceof Refused) return cause.message
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : undefined
  return problems[code ?? ""]?.(path) ?? `${path} could not be read${code === undefined ? "" : ` (${code})`}`
}

const sizeOf = async (handle: FileHandle, path: string): Promise<number> => {
  const stats = await handle.stat()
  if (stats.isDirectory()) throw new Refused(`${path} is a folder`)
  if (!stats.isFile()) throw new Refused(`${path} is no regular file`)
  return stats.size
}

/** Some files have more bytes than their size says, such as those of `/proc`: reading ends at the limit all the same. */
const readAll = async (handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const size = await sizeOf(handle, path)
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
    catch: (cause) => problemOf(path, cause)
  })

export const platformFiles: Files = {
  read: (path, maxBytes = defaultMaxBytes) => withFile(path, (handle) => readAll(handle, path, maxBytes)),
  size: (path) => withFile(path, (handle) => sizeOf(handle, path))
}
