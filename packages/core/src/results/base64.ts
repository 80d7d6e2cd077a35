// Base64 text to bytes, by the platform where it can, in every runtime.

interface FromBase64 {
  readonly fromBase64?: (
    text: string,
    options?: { readonly alphabet?: "base64" | "base64url" }
  ) => Uint8Array<ArrayBuffer>
}

/**
 * The bytes behind base64 text of either alphabet, padded or not; `undefined` if the text is not base64.
 *
 * @example fromBase64("AQID") // => Uint8Array.of(1, 2, 3)
 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    // Part of the language since 2025, not yet of TypeScript's library.
    const native = (Uint8Array as FromBase64).fromBase64
    const url = text.includes("-") || text.includes("_")
    if (native) return native.call(Uint8Array, text, { alphabet: url ? "base64url" : "base64" })
    const binary = atob(url ? text.replaceAll("-", "+").replaceAll("_", "/") : text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    return undefined
  }
}
