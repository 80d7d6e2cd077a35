/** Reads the body of an answer, never further than a limit. */
import { type Octets, type ReadJson, readJson } from "../wire/codec/parse-json.ts"

/** A response that can read its own body faster than through its stream. */
export interface ReadsBytes {
  /** True until somebody asked for the stream, or for a copy. */
  readonly "~sightline/untouched": boolean
  /** What `read` makes of the whole body, whose bytes are its own only until it returns; undefined when it is too long. */
  readonly "~sightline/read": <A>(limit: number, read: (body: Octets) => A) => Promise<A | undefined>
  /** One header, without making a Headers of all. */
  readonly "~sightline/header": (name: string) => string | null
}

/** A response whose body is decoded already, such as a protobuf message. */
export interface HasValue {
  readonly "~sightline/value": ReadJson
}

const hasValue = (response: Response): response is Response & HasValue => "~sightline/value" in response

const readsBytes = (response: Response): response is Response & ReadsBytes =>
  "~sightline/untouched" in response && response["~sightline/untouched"] === true

/** The text as `fetch` gives it: without a byte order mark. */
const textOf = (body: Octets): string =>
  body.toString("utf8", body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0)

const isObject = (json: unknown): boolean => typeof json === "object" && json !== null && !Array.isArray(json)

/** Objects as JSON; the text of anything else, to report what came instead. All outputs of an answer name one model. */
const jsonOrText = (body: Octets): ReadJson | string => {
  const json = readJson(body, "model")
  return json !== undefined && isObject(json.value) ? json : textOf(body)
}

/** One header of an answer, by its name in lower case. */
export const headerOf = (response: Response, name: string): string | null =>
  "~sightline/header" in response
    ? (response as Response & ReadsBytes)["~sightline/header"](name)
    : response.headers.get(name)

/** The answer as JSON if it can be read from its bytes, else its text; undefined when it is too long. */
export const readBody = (response: Response, limit: number): Promise<ReadJson | string | undefined> =>
  hasValue(response)
    ? Promise.resolve(response["~sightline/value"])
    : readsBytes(response)
      ? response["~sightline/read"](limit, jsonOrText)
      : readText(response, limit)

/** The answer's text; undefined when it is longer than `limit` bytes, and then the rest is not read. */
export const readText = async (response: Response, limit: number): Promise<string | undefined> => {
  if (readsBytes(response)) return response["~sightline/read"](limit, textOf)
  const told = Number(response.headers.get("content-length") ?? Number.NaN)
  const packed = response.headers.has("content-encoding") // the length told is then that of the packed bytes
  if (told > limit) {
    await response.body?.cancel()
    return undefined
  }
  if (response.body === null || (!Number.isNaN(told) && !packed)) return response.text()
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ""
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.byteLength
    if (length > limit) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
