/** Reads a stream once for all readers, and closes it when the last reader is done. */
import * as Effect from "effect/Effect"
import { scrubThrown } from "../errors/redact.ts"
import { noSecrets } from "../errors/secrets.ts"
import type { MediaSource } from "./media.ts"

type StreamSource = MediaSource & { readonly from: "stream" }

interface Reading {
  readonly maxBytes: number | undefined
  /** Undefined where there are more. */
  readonly bytes: Promise<Uint8Array | undefined>
  readonly cancel: () => void
  /** Those who wait for the bytes. */
  readers: number
  done: boolean
}

/** What was read of each stream; it goes when the media that hold the stream go. */
const readings = new WeakMap<StreamSource, Reading>()

/** Everything that a reader gives; undefined, and the reader closed, where that is more than `maxBytes`. */
export const collect = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number | undefined
): Promise<Uint8Array | undefined> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (maxBytes !== undefined && size > maxBytes) {
      await reader.cancel()
      return undefined
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

const begin = (source: StreamSource, maxBytes: number | undefined): Reading => {
  const reader = source.stream.getReader()
  const reading: Reading = {
    maxBytes,
    bytes: collect(reader, maxBytes),
    cancel: () => {
      readings.delete(source)
      reader.cancel().catch(() => undefined) // a stream that cannot be closed is beyond us
    },
    readers: 0,
    done: false
  }
  reading.bytes.then(
    () => {
      reading.done = true
    },
    () => {
      reading.done = true
    }
  )
  return reading
}

/** The bytes of a stream, or why they cannot be read. Giving up closes the stream when no other reader waits for it. */
export const readStream = (source: StreamSource, maxBytes?: number): Effect.Effect<Uint8Array, string> =>
  Effect.suspend(() => {
    const known = readings.get(source)
    if (known === undefined && source.stream.locked)
      return Effect.fail("the stream was read already; a stream can be used once")
    const reading = known ?? begin(source, maxBytes)
    readings.set(source, reading)
    reading.readers++
    return Effect.tryPromise({
      try: () => reading.bytes,
      catch: (cause) => `the stream failed (${scrubThrown(cause, noSecrets)})`
    }).pipe(
      Effect.flatMap((bytes) =>
        bytes === undefined
          ? Effect.fail(`it has more than the ${reading.maxBytes} bytes that can be sent`)
          : Effect.succeed(bytes)
      ),
      Effect.onExit(() =>
        Effect.sync(() => {
          reading.readers--
          if (reading.readers === 0 && !reading.done) reading.cancel()
        })
      )
    )
  })
