/** Reads the body of an answer, never further than a limit. */
import type { ReadJson } from "../wire/codec/parse-json.ts"

/** A response that can read its own body faster than through its stream. */
export interface ReadsItself {
  /** The text, or undefined when it is longer than `limit` bytes. */
  readonly "~sightline/text": (limit: number) => Promise<string | undefined>
  /** The body as JSON, read without its text; the text, where that is to be looked at; undefined when it is too long. */
  readonly "~sightline/json": (limit: number) => Promise<ReadJson | string | undefined>
  /** One header, without making a Headers of all. */
  readonly "~sightline/header": (name: string) => string | null
}

const readsItself = (response: Response): response is Response & ReadsItself => "~sightline/text" in response

/** One header of an answer, by its name in lower case. */
export const headerOf = (response: Response, name: string): string | null =>
  readsItself(response) ? response["~sightline/header"](name) : response.headers.get(name)

/** The answer as JSON where that is to be had, else its text; undefined when it is too long. */
export const readBody = (response: Response, limit: number): Promise<ReadJson | string | undefined> =>
  readsItself(response) ? response["~sightline/json"](limit) : readText(response, limit)

/** The answer's text; undefined when it is longer than `limit` bytes, and then the rest is not read. */
export const readText = async (response: Response, limit: number): Promise<string | undefined> => {
  if (readsItself(response)) return response["~sightline/text"](limit)
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
