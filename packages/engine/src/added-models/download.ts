/** Downloads a file in one piece or the rest of it: what arrived stays beside it and is taken up by the next attempt. */
import { createHash } from "node:crypto"
import { createWriteStream } from "node:fs"
import { mkdir, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { hasIntegrity, hashFile } from "./integrity.ts"
import { diskProblem, ModelNotAdded, notAdded } from "./model-not-added.ts"

/** One download. */
export interface Download {
  /** The model, for messages. */
  readonly model: string
  readonly url: string
  /** The hash that the file must have; undefined if none is known: such a download is not taken up again. */
  readonly integrity?: string | undefined
  /** The hash of git: of `blob <size>\0` and the file. */
  readonly gitHash?: { readonly integrity: string; readonly size: number } | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes that are there, and the size of the file if the server states it. */
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined
}

/** Where a download is kept until it is complete. */
export const partialPath = (cache: string, { gitHash, integrity, url }: Download): string => {
  const name = createHash("sha256").update(`${url} ${integrity ?? gitHash?.integrity ?? ""}`)
  return join(cache, `${name.digest("hex").slice(0, 32)}.part`)
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0

const fits = async (path: string, { gitHash, integrity }: Download): Promise<boolean> => {
  if (integrity !== undefined) return await hasIntegrity(path, integrity)
  if (gitHash === undefined) return true
  return (await hashFile(path, "sha1", `blob ${gitHash.size}\0`)) === gitHash.integrity
}

const request = async (wanted: Download, from: number): Promise<Response> => {
  const { model, signal, url } = wanted
  const headers = { "accept-encoding": "identity", ...(from === 0 ? {} : { range: `bytes=${from}-` }) }
  const response = await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) })
  if (response.ok || (response.status === 416 && from > 0)) return response
  await response.body?.cancel()
  const reason = response.status >= 500 || response.status === 429 ? "download" : "source"
  throw notAdded(model, reason, `${new URL(url).host} answered HTTP ${response.status} for ${new URL(url).pathname}`)
}

const receive = async (wanted: Download, path: string): Promise<void> => {
  const known = wanted.integrity !== undefined || wanted.gitHash !== undefined
  const present = known ? await sizeOf(path) : 0
  const response = await request(wanted, present)
  if (response.status === 416) return await response.body?.cancel()
  const from = response.status === 206 ? present : 0
  const length = Number(response.headers.get("content-length") ?? Number.NaN)
  const total = Number.isFinite(length) ? from + length : undefined
  let bytes = from
  const counter = new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length
      wanted.onProgress?.(bytes, total)
      done(null, chunk)
    }
  })
  // Node's web stream and the platform's differ in types only.
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  await pipeline(body, counter, createWriteStream(path, { flags: from === 0 ? "w" : "a", mode: 0o600 }))
  if (total !== undefined && bytes !== total)
    throw notAdded(
      wanted.model,
      "download",
      `the download ended after ${bytes} of ${total} bytes; run it again to go on`
    )
}

/**
 * Downloads into the cache and returns the file's path. A file whose hash differs is deleted.
 *
 * @throws ModelNotAdded, or the signal's reason
 */
export const download = async (wanted: Download, cache: string): Promise<string> => {
  const { model, signal, url } = wanted
  const path = partialPath(cache, wanted)
  try {
    await mkdir(dirname(path), { recursive: true })
    await receive(wanted, path)
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason
    if (cause instanceof ModelNotAdded) throw cause
    const disk = diskProblem(model, cause)
    if (disk !== undefined) throw disk
    const { host } = new URL(url)
    const bytes = await sizeOf(path)
    throw notAdded(
      model,
      "download",
      bytes === 0
        ? `${host} cannot be reached; check the connection, or add the model from a file`
        : `the download from ${host} broke off after ${bytes} bytes; run it again to go on`
    )
  }
  if (await fits(path, wanted)) return path
  await rm(path, { force: true })
  throw notAdded(
    model,
    "integrity",
    `the file from ${new URL(url).host} has not the hash ${wanted.integrity ?? "that its hub states"}; it was deleted`
  )
}
