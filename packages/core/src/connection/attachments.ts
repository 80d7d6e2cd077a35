/**
 * Bytes that travel beside a call's JSON, for connections that carry bytes as they are. The JSON has `@0`, `@1` … in their
 * place, which is never base64.
 */
const attached = new WeakMap<Uint8Array, ReadonlyArray<Uint8Array>>()

/** The text that stands for the attachment at `index`. */
export const placeholder = (index: number): string => `@${index}`

/** Adds bytes to a body. */
export const attach = <B extends Uint8Array>(body: B, bytes: ReadonlyArray<Uint8Array>): B => {
  attached.set(body, bytes)
  return body
}

/** The bytes of a body, in the order of their placeholders. */
export const attachmentsOf = (body: Uint8Array): ReadonlyArray<Uint8Array> => attached.get(body) ?? []

/** The size of a body in bytes: of its JSON with the attached bytes as base64, as plans report it. */
export const jsonSize = (body: Uint8Array | undefined): number =>
  body === undefined
    ? 0
    : attachmentsOf(body).reduce(
        (size, { length }, index) => size + Math.ceil(length / 3) * 4 - placeholder(index).length,
        body.length
      )
