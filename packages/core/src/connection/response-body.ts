/** Reads the body of an answer, never further than a limit. */
import { hasMoreTokens } from "../wire/codec/json-tokens.ts"
import type { Octets, ReadJson } from "../wire/codec/parse-json.ts"

/** A response that can read its own body faster than through its stream. */
export interface ReadsBytes {
  /** True until somebody asked for the stream, or for a copy. */
  readonly "~sightline/untouched": boolean
  /** What `read` makes of the whole body, whose bytes are its own only until it returns; undefined when it is too long. */
  readonly "~sightline/read": <A>(limit: number, read: (body: Octets) => A) => Promise<A | undefined>
  /** The JSON of those bytes. Here, so that runtimes without such responses do not load its parser. */
  readonly "~sightline/json": (body: Octets) => ReadJson | undefined
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

/** What is larger than one of these is not read to its end. */
export interface BodyLimits {
  readonly maxAnswerBytes: number
  readonly maxAnswerTokens: number
}

/** A body that is over a limit. */
export class BodyTooLarge {
  readonly problem: string
  constructor(problem: string) {
    this.problem = problem
  }
}

const manyTokens = ({ maxAnswerTokens }: BodyLimits) =>
  new BodyTooLarge(`it has more than ${maxAnswerTokens} values (limits.maxAnswerTokens)`)

/** Objects as JSON; the text of anything else, to report what came instead. */
const jsonOrText = (response: ReadsBytes, body: Octets, limits: BodyLimits): ReadJson | string | BodyTooLarge => {
  if (hasMoreTokens(body, limits.maxAnswerTokens)) return manyTokens(limits)
  const json = response["~sightline/json"](body)
  return json !== undefined && isObject(json.value) ? json : textOf(body)
}

/** One header of an answer, by its name in lower case. */
export const headerOf = (response: Response, name: string): string | null =>
  "~sightline/header" in response
    ? (response as Response & ReadsBytes)["~sightline/header"](name)
    : response.headers.get(name)

const tooLong = ({ maxAnswerBytes }: BodyLimits) => new BodyTooLarge(`it is longer than ${maxAnswerBytes} bytes`)

/** The answer as JSON if it can be read from its bytes, else its text. */
export const readBody = async (response: Response, limits: BodyLimits): Promise<ReadJson | string | BodyTooLarge> => {
  if (hasValue(response)) return response["~sightline/value"]
  if (!readsBytes(response)) return readBodyText(response, limits)
  return (
    (await response["~sightline/read"](limits.maxAnswerBytes, (body) => jsonOrText(response, body, limits))) ??
    tooLong(limits)
  )
}

/** The answer's text. */
export const readBodyText = async (response: Response, limits: BodyLimits): Promise<string | BodyTooLarge> => {
  const text = await readText(response, limits.maxAnswerBytes)
  if (text === undefined) return tooLong(limits)
  return hasMoreTokens(text, limits.maxAnswerTokens) ? manyTokens(limits) : text
}

/** The answer's text; undefined when it is longer than `limit` bytes, and then the rest is not read. */
export const readText = async (response: Response, limit: number): Promise<string | undefined> => {
  if (readsBytes(response)) return response["~sightline/read"](limit, textOf)
  const declared = Number(response.headers.get("content-length") ?? Number.NaN)
  const packed = response.headers.has("content-encoding") // the declared length is then that of the packed bytes
  if (declared > limit) {
    await response.body?.cancel?.()
    return undefined
  }
  // a body of known length, and no longer than that, needs no counting
  const chunks = !Number.isNaN(declared) && !packed ? undefined : chunksOf(response)
  if (chunks === undefined) {
    const text = await response.text()
    return text.length > limit ? undefined : text
  }
  const decoder = new TextDecoder()
  let text = ""
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.byteLength
    if (length > limit) return undefined // leaving the loop closes the body
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * The chunks of a body: of a web stream, or of a stream of Node's, which `node-fetch` has. Undefined where there is no
 * stream, as in React Native, or none that is known: the whole text is there all the same.
 */
const chunksOf = (response: Response): AsyncIterable<Uint8Array> | undefined => {
  const body: unknown = response.body
  if (typeof body !== "object" || body === null) return undefined
  if ("getReader" in body) return readerChunks(response.body?.getReader())
  return Symbol.asyncIterator in body ? (body as AsyncIterable<Uint8Array>) : undefined
}

/** Not every browser iterates a web stream. */
async function* readerChunks(reader: ReadableStreamDefaultReader<Uint8Array> | undefined) {
  try {
    for (;;) {
      const step = await reader?.read()
      if (step === undefined || step.done) return
      yield step.value
    }
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}
