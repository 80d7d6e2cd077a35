/** How a request's input comes back in the answer: uploaded bytes never do, a URL stands in for them. */
import type { DataWire, InputWire } from "@sightline/core/wire"
import type { InputMessage, Kind, MediaSource } from "./input.ts"

/** Stands in for media that are not kept. Source: the service's answers of 2023 and 2024. */
const placeholder = "https://samples.clarifai.com/placeholder.gif"

/** A `Data` with one medium. `hosted` is where its bytes can be had from this engine, when they are kept. */
export const echoMedia = (kind: Kind, source: MediaSource, hosted = placeholder, info: object = {}): DataWire => {
  // The key is a kind, and these are fields of the message of every kind that has such a source.
  if (source._tag === "url") return { [kind]: { url: source.url, ...info } }
  if (source._tag === "raw") return { [kind]: { raw: source.raw, url: hosted, ...info } }
  // a video alone says that bytes were sent, by the text "true"; source: the answers in the documents of 2017
  return { [kind]: { url: hosted, ...(kind === "video" ? { base64: "true" } : {}), ...info } }
}

/** The `input` of an output. */
export const echoInput = (id: string, { media, kept }: InputMessage["data"]): InputWire => ({
  id,
  data: Object.assign({}, ...media.map(({ kind, source }) => echoMedia(kind, source)), kept)
})
