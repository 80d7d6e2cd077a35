// Local files and the temporary file a stream is spooled to. Loaded only where there is a file system.
import { constants } from "node:fs"
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { VideoSourceError } from "../errors.ts"
import type { ByteSource } from "./byte-source.ts"

const fill = async (handle: FileHandle, bytes: Uint8Array, start: number): Promise<number> => {
  let filled = 0
  while (filled < bytes.byteLength) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.byteLength - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

const readAt = async (handle: FileHandle, start: number, end: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(Math.max(0, end - start))
  const filled = await fill(handle, bytes, start)
  return filled === bytes.byteLength ? bytes : bytes.subarray(0, filled)
}

const fromHandle = (handle: FileHandle, path: string, sizeBytes: number, cleanUp: () => Promise<void>): ByteSource => ({
  sizeBytes,
  path,
  far: false,
  read: (start, end) => readAt(handle, start, Math.min(end, sizeBytes)),
  readInto: (target, start) => fill(handle, target, start),
  close: async () => {
    await handle.close()
    await cleanUp()
  }
})

const describe = (cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (code === "ENOENT") return "there is no such file"
  if (code === "EACCES" || code === "EPERM") return "reading it is not allowed"
  if (code === "EISDIR") return "it is a folder"
  return typeof code === "string" ? code : "it cannot be opened"
}

/** The path of a `file:` address. */
const pathOf = (url: URL): string => {
  if (url.hostname !== "")
    throw new VideoSourceError({ from: "a file: address with a host", detail: "it names a file on another machine" })
  return fileURLToPath(url)
}

/** A named pipe is opened without waiting for a writer, and refused. Windows has no such flag. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** A regular file by its path or `file:` address. Fails with a typed error that says what is wrong with the path. */
export const fromFile = async (input: string | URL): Promise<ByteSource> => {
  const path = input instanceof URL ? pathOf(input) : input
  try {
    const handle = await open(path, flags)
    const stat = await handle.stat()
    if (stat.isFile()) return fromHandle(handle, path, stat.size, async () => {})
    await handle.close()
  } catch (cause) {
    throw new VideoSourceError({ from: path, detail: describe(cause) })
  }
  throw new VideoSourceError({ from: path, detail: "it is not a file" })
}

/** Writes a stream to a temporary file, removed by `close`; memory holds one chunk at a time. */
export const spoolToFile = async (chunks: AsyncIterable<Uint8Array>): Promise<ByteSource> => {
  const folder = await mkdtemp(join(tmpdir(), "sightline-video-"))
  const cleanUp = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, "spooled")
  const handle = await open(path, "wx+", 0o600).catch(async (cause: unknown) => {
    await cleanUp()
    throw cause
  })
  try {
    let sizeBytes = 0
    for await (const chunk of chunks) {
      await handle.writeFile(chunk)
      sizeBytes += chunk.byteLength
    }
    return fromHandle(handle, path, sizeBytes, cleanUp)
  } catch (cause) {
    await handle.close()
    await cleanUp()
    throw cause
  }
}
