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
