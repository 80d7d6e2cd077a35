/** Reads a body into memory, bounded in size. */

/** The body has more bytes than are accepted. */
export class BodyTooLarge extends Error {
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`)
    this.name = "BodyTooLarge"
    this.maxBytes = maxBytes
  }
}

/**
 * The body of a response. Nothing is read if `content-length` is over the bound; otherwise the body is cancelled as soon as
 * it passes it, so that at most `maxBytes` and one chunk are held.
 *
 * @throws {BodyTooLarge} and what the body itself fails with.
 */
export const readBody = async (response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const { body } = response
  if (body === null) return new Uint8Array()
  const encoded = response.headers.has("content-encoding") // then the length is that of the encoded bytes
  if (!encoded && Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await body.cancel()
    throw new BodyTooLarge(maxBytes)
  }
  const chunks: Array<Uint8Array> = []
  let size = 0
  const reader = body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length
    if (size > maxBytes) {
      await reader.cancel()
      throw new BodyTooLarge(maxBytes)
    }
    chunks.push(part.value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
