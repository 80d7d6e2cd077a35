// Videos by URL: read by ranges where the server can, else the whole body is spooled once.
import { VideoSourceError } from "../errors.ts"
import type { ByteSource, ByteSourceOptions } from "./byte-source.ts"
import { inNode } from "./in-node.ts"

const probeBytes = 65_536
/** How long a server may send nothing, in milliseconds. */
const silenceMs = 60_000

/** The address for messages: without user info, query and the body of `data:`. */
const shown = (url: string): string => {
  if (!/^https?:/i.test(url)) return `${url.slice(0, url.indexOf(":"))}: address`
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const failed = (url: string, detail: string) => new VideoSourceError({ from: shown(url), detail })

/** A response whose body fails if nothing arrives for too long. */
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array>
}

/** Passes chunks on, and restarts the timer with each. */
const withIdleLimit = (
  body: ReadableStream<Uint8Array>,
  onData: () => void,
  stopTimer: () => void
): ReadableStream<Uint8Array> => {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          onData()
          if (!done) return controller.enqueue(value)
          stopTimer()
          controller.close()
        } catch (cause) {
          stopTimer()
          controller.error(cause)
        }
      },
      cancel: (reason) => {
        stopTimer()
        return reader.cancel(reason)
      }
    },
    { highWaterMark: 0 }
  )
}

type Send = (url: string, init: RequestInit) => Promise<Response>

/** What sends requests: by default in Node, one that reaches public addresses only. */
const senderOf = async (url: string, { allowPrivate = false, fetch }: ByteSourceOptions): Promise<Send> => {
  if (fetch !== undefined) return fetch
  if (!inNode || !/^https?:/i.test(url)) return globalThis.fetch
  const { publicFetch } = await import("./guarded-fetch.ts")
  return publicFetch(allowPrivate)
}

/** Why a request failed. Messages of other origins are left out: they may contain the whole address. */
const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error) || cause.name !== "GuardedFetchError") return "no answer"
  return /not a public address/.test(cause.message) ? `${cause.message}; allowPrivate: true reads it` : cause.message
}

const get = async (url: string, options: ByteSourceOptions, headers: Record<string, string>): Promise<Answer> => {
  const send = await senderOf(url, options)
  const silence = new AbortController()
  const stop = () => silence.abort(failed(url, `it sent nothing for ${silenceMs} ms`))
  let timer = setTimeout(stop, silenceMs)
  const stopTimer = () => clearTimeout(timer)
  const onData = () => {
    stopTimer()
    timer = setTimeout(stop, silenceMs)
  }
  try {
    const signal = AbortSignal.any([silence.signal, ...(options.signal ? [options.signal] : [])])
    const { body, headers: answered, status } = await send(url, { headers, signal })
    onData()
    if (body === null) stopTimer()
    return { status, headers: answered, body: withIdleLimit(body ?? new Blob([]).stream(), onData, stopTimer) }
  } catch (cause) {
    stopTimer()
    options.signal?.throwIfAborted()
    throw silence.signal.aborted ? silence.signal.reason : failed(url, reasonOf(cause))
  }
}

/** At most `most` bytes of a body: the rest of a longer answer is not read. */
const bytesOf = async (url: string, { body }: Answer, most: number, signal?: AbortSignal): Promise<Uint8Array> => {
  const bytes = new Uint8Array(most)
  let filled = 0
  try {
    for await (const chunk of body) {
      const part = chunk.subarray(0, most - filled)
      bytes.set(part, filled)
      filled += part.byteLength
      if (filled === most) break
    }
  } catch (cause) {
    signal?.throwIfAborted()
    throw cause instanceof VideoSourceError ? cause : failed(url, "the answer broke off")
  }
  return bytes.subarray(0, filled)
}

/** Opens an address; `spool` takes the body of servers that do not answer ranges. */
export const fromUrl = async (
  url: string,
  options: ByteSourceOptions,
  spool: (body: ReadableStream<Uint8Array>) => Promise<ByteSource>
): Promise<ByteSource> => {
  const first = await get(url, options, /^https?:/i.test(url) ? { range: `bytes=0-${probeBytes - 1}` } : {})
  if (first.status !== 200 && first.status !== 206) {
    await first.body.cancel()
    if (first.status === 416) return spool(new Blob([]).stream())
    throw failed(url, `HTTP ${first.status}`)
  }
  const total = Number(/\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1] ?? Number.NaN)
  if (first.status !== 206 || !Number.isSafeInteger(total)) return spool(first.body)
  const head = await bytesOf(url, first, Math.min(probeBytes, total), options.signal)
  const validator = first.headers.get("etag")
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    if (end <= head.byteLength) return head.subarray(start, end)
    const until = Math.min(end, total)
    if (until <= start) return new Uint8Array(0)
    const answer = await get(url, options, {
      range: `bytes=${start}-${until - 1}`,
      ...(validator !== null && !validator.startsWith("W/") ? { "if-range": validator } : {})
    })
    if (answer.status === 206) return bytesOf(url, answer, until - start, options.signal)
    await answer.body.cancel()
    throw failed(url, answer.status === 200 ? "it changed while it was read" : `HTTP ${answer.status}`)
  }
  return { sizeBytes: total, far: true, read, close: async () => {} }
}
