/** Texts that must never be shown, found in any form in which a service may repeat them. */

/** A text this short is no key, and would be found in every sentence. */
const shortest = 4

const hexOf = (byte: number): string => byte.toString(16).padStart(2, "0")

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)

const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** A pattern of one byte in hexadecimal digits of either case. */
const hexPattern = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)

/** A character as it is, percent-encoded, or escaped in JSON: each on its own, since encoders differ in what they leave. */
const charPattern = (char: string): string => {
  const percent = [...new TextEncoder().encode(char)].map((byte) => `%${hexPattern(hexOf(byte))}`).join("")
  const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i))
  const unicode = units.map((unit) => String.raw`\\u` + hexPattern(unit.toString(16).padStart(4, "0"))).join("")
  // the longest first: what is escaped may begin with the character itself
  return `(?:${percent}|${unicode}|${/["\\/]/.test(char) ? `${escaped(`\\${char}`)}|` : ""}${escaped(char)})`
}

/**
 * What base64 makes of the text wherever it stands in a longer one: three alignments, of each the characters that only
 * the text decides. Either alphabet.
 */
const base64Patterns = (bytes: Uint8Array): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((before) => {
    const padded = new Uint8Array(before + bytes.length)
    padded.set(bytes, before)
    const from = Math.ceil((before * 4) / 3)
    const to = Math.floor(((before + bytes.length) * 4) / 3)
    const inner = base64Of(padded).slice(from, to)
    return inner.length < 2 * shortest ? [] : [inner.replace(/[+/]/g, (sign) => (sign === "+" ? "[-+]" : "[/_]"))]
  })

const patternsOf = (text: string): ReadonlyArray<string> => {
  const bytes = new TextEncoder().encode(text)
  const hex = [...bytes].map((byte) => hexPattern(hexOf(byte))).join("[ :]?")
  return [Array.from(text, charPattern).join(""), hex, ...base64Patterns(bytes)]
}

/** Known secrets. Errors that repeat another party's words are made with these, so that none can be forgotten. */
export class Secrets {
  readonly #texts: ReadonlyArray<string>
  #pattern: RegExp | undefined

  /** Each with and without a scheme word before it, such as `Key`. */
  constructor(texts: Iterable<string>) {
    const all = [...texts].flatMap((text) => [text, text.replace(/^\S+\s+/, "")])
    this.#texts = [...new Set(all.map((text) => text.trim()))].filter((text) => text.length >= shortest)
  }

  /** These and others. */
  with(others: Iterable<string>): Secrets {
    const list = [...others]
    return list.length === 0 ? this : new Secrets([...this.#texts, ...list])
  }

  /** The text with `<redacted>` in place of each secret. */
  redact(text: string): string {
    if (this.#texts.length === 0) return text
    // the longest first: one secret may begin as another does
    this.#pattern ??= new RegExp(
      this.#texts
        .toSorted((a, b) => b.length - a.length)
        .flatMap(patternsOf)
        .join("|"),
      "gu"
    )
    return text.replace(this.#pattern, "<redacted>")
  }

  /** Nothing of them is ever shown. */
  toJSON(): string {
    return "<secrets>"
  }
}

/** For local texts that are created where no key is available. */
export const noSecrets = new Secrets([])
