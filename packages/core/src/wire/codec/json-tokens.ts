// Bounds a JSON text before it is parsed: its size in memory depends on the number of its values, not on its bytes.

const [quote, backslash] = [0x22, 0x5c]

/** Tokens with which texts of all shapes that were measured could be parsed in a heap of 1 GiB. */
export const defaultMaxTokens = 6_000_000

/** 1 for what is counted: comma, colon, opening brackets. */
const counted = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) =>
  ",:[{".includes(String.fromCharCode(code)) ? 1 : 0
)

/**
 * True if a JSON text, or its bytes in UTF-8, has more than `max` commas, colons and opening brackets outside of strings,
 * which is about the number of its values. Costs nothing for a text that is no longer than that.
 */
export const hasMoreTokens = (text: string | Uint8Array, max: number): boolean => {
  if (text.length <= max) return false
  const isText = typeof text === "string"
  const codeAt = (at: number): number | undefined => (isText ? text.charCodeAt(at) : text[at])
  let tokens = 0
  for (let at = 0; at < text.length; at++) {
    const code = codeAt(at) ?? 0
    if (code === quote) {
      // strings, such as media in base64, are skipped at the speed of a search
      let odd: boolean
      do {
        at = isText ? text.indexOf('"', at + 1) : text.indexOf(quote, at + 1)
        if (at === -1) return false // not JSON, so that it is never parsed to its end
        odd = false
        for (let back = at - 1; codeAt(back) === backslash; back--) odd = !odd
      } while (odd)
    } else if (counted[code] === 1 && ++tokens > max) return true
  }
  return false
}
