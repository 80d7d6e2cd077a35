/** How a request's input comes back in the answer: uploaded bytes never do, a URL stands in for them. */
import { message, type Wire, type WireObject } from "./json.ts"
import type { DataMessage, Kind, MediaSource } from "./input.ts"
import type { Message } from "./read.ts"

/** Stands in for media that are not kept. Source: the service's answers of 2023 and 2024. */
const placeholder = "https://samples.clarifai.com/placeholder.gif"

/** One medium as answers show it. `hosted` is where its bytes can be had from this engine, when they are kept. */
export const echoMedia = (kind: Kind, source: MediaSource, hosted = placeholder): WireObject => {
  if (source._tag === "url") return { url: source.url }
  if (source._tag === "raw") return message({ raw: source.raw, url: hosted })
  return kind === "video" ? { url: hosted, base64: "true" } : { url: hosted }
}

/** The `input` of an output. */
export const echoInput = (id: string, data: DataMessage): WireObject => ({
  id,
  data: {
    ...Object.fromEntries(kindsOf(data).map(([kind, source]) => [kind, echoMedia(kind, source)])),
    ...asWire(data.kept)
  }
})

const kindsOf = (data: DataMessage): ReadonlyArray<readonly [Kind, MediaSource]> =>
  // The cast: Object.entries forgets that the keys of a record of kinds are kinds.
  Object.entries(data.media) as ReadonlyArray<readonly [string, MediaSource]> as ReadonlyArray<
    readonly [Kind, MediaSource]
  >

/** A part of a request, which came from JSON, as a part of an answer, which goes to JSON. */
export const asWire = (value: Message): WireObject => value as { readonly [key: string]: Wire }
