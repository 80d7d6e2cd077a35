// Videos by URL: read by ranges where the server can, else the whole body is spooled once.
import { VideoSourceError } from "../errors.ts"
import type { ByteSource, ByteSourceOptions } from "./byte-source.ts"

const probeBytes = 65_536
/** How long one answer may take, in milliseconds: a server that stalls must not hold the reader for ever. */
const answerTimeoutMs = 60_000

/** The address as people may see it: no user info, no query, nothing of a `data:` body. */
const shown = (url: string): string => {
  if (!/^https?:/i.test(url)) return `${url.slice(0, url.indexOf(":"))}: address`
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const failed = (url: string, detail: string) => new VideoSourceError({ from: shown(url), detail })

/** Opens an address; `spool` takes the body of servers that do not answer ranges. */
export const fromUrl = async (
  url: string,
  options: ByteSourceOptions,
  spool: (body: ReadableStream<Uint8Array>) => Promise<ByteSource>
): Promise<ByteSource> => {
  const send = options.fetch ?? globalThis.fetch
  const get = async (headers: Record<string, string>) => {
    const deadline = AbortSignal.timeout(answerTimeoutMs)
    try {
      return await send(url, {
        headers,
        signal: AbortSignal.any([deadline, ...(options.signal ? [options.signal] : [])])
      })
    } catch {
      options.signal?.throwIfAborted()
      throw failed(url, deadline.aborted ? `no answer within ${answerTimeoutMs} ms` : "no answer")
    }
  }
  const first = await get(/^https?:/i.test(url) ? { range: `bytes=0-${probeBytes - 1}` } : {})
  if (first.status === 416) return spool(new Blob([]).stream())
  if (!first.ok || first.body === null) throw failed(url, `HTTP ${first.status}`)
  const total = Number(/\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1] ?? Number.NaN)
  if (first.status !== 206 || !Number.isSafeInteger(total)) return spool(first.body)
  const head = new Uint8Array(await first.arrayBuffer())
  const validator = first.headers.get("etag")
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    if (end <= head.byteLength) return head.subarray(start, end)
    const answer = await get({
      range: `bytes=${start}-${Math.min(end, total) - 1}`,
      ...(validator !== null && !validator.startsWith("W/") ? { "if-range": validator } : {})
    })
    if (answer.status !== 206) {
      await answer.body?.cancel()
      throw failed(url, answer.status === 200 ? "it changed while it was read" : `HTTP ${answer.status}`)
    }
    return new Uint8Array(await answer.arrayBuffer())
  }
  return { sizeBytes: total, far: true, read, close: async () => {} }
}
