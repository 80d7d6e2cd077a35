/** The value that a JavaScript module exports, read without running it: packages ship models as modules. */

/** Words of a minifier for values that JSON has too. */
const words: ReadonlyArray<readonly [string, unknown]> = [
  ["!0", true],
  ["!1", false],
  ["true", true],
  ["false", false],
  ["null", null],
  ["void 0", undefined]
]

const numberForm = /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy
const nameForm = /[\w$]+/y

/** Reads literals of objects, lists, strings and numbers. Throws a `SyntaxError` at anything else. */
class LiteralReader {
  readonly #text: string
  #at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  read(depth = 0): unknown {
    const sign = this.#text[this.#at]
    if (depth > 64) throw new SyntaxError("the literal is nested too deeply")
    if (sign === "{") return this.#object(depth)
    if (sign === "[") return this.#list(depth)
    if (sign === '"' || sign === "'") return this.#string(sign)
    const word = words.find(([one]) => this.#text.startsWith(one, this.#at))
    if (word !== undefined) {
      this.#at += word[0].length
      return word[1]
    }
    return Number(this.#match(numberForm))
  }

  #object(depth: number): Readonly<Record<string, unknown>> {
    const entries: Array<readonly [string, unknown]> = []
    this.#items("}", () => {
      const quote = this.#text[this.#at]
      const key = quote === '"' || quote === "'" ? this.#string(quote) : this.#match(nameForm)
      this.#skip(":")
      entries.push([key, this.read(depth + 1)])
    })
    return Object.fromEntries(entries)
  }

  #list(depth: number): ReadonlyArray<unknown> {
    const items: Array<unknown> = []
    this.#items("]", () => items.push(this.read(depth + 1)))
    return items
  }

  #items(end: string, readItem: () => void): void {
    this.#at++
    while (this.#text[this.#at] !== end) {
      readItem()
      if (this.#text[this.#at] !== end) this.#skip(",")
    }
    this.#at++
  }

  #string(quote: string): string {
    const start = this.#at + 1
    let end = this.#text.indexOf(quote, start)
    while (end > 0 && /(?:^|[^\\])(?:\\\\)*\\$/.test(this.#text.slice(Math.max(start, end - 64), end)))
      end = this.#text.indexOf(quote, end + 1)
    if (end < 0) throw new SyntaxError("a string does not end")
    this.#at = end + 1
    const raw = this.#text.slice(start, end)
    if (!raw.includes("\\")) return raw
    return JSON.parse(`"${raw.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"')}"`) as string // a string literal
  }

  #match(form: RegExp): string {
    form.lastIndex = this.#at
    const [found] = form.exec(this.#text) ?? []
    if (found === undefined) throw new SyntaxError(`no literal at ${this.#at}`)
    this.#at += found.length
    return found
  }

  #skip(sign: string): void {
    if (this.#text[this.#at] !== sign) throw new SyntaxError(`no ${sign} at ${this.#at}`)
    this.#at++
  }
}

/** The minified literal that a CommonJS module exports, or its default export; undefined if it exports no such literal. */
export const readModuleLiteral = (text: string): unknown => {
  for (const { 0: found, index } of text.matchAll(/\.exports=(?=[[{"'])|export default(?=[[{"'])/g)) {
    try {
      return new LiteralReader(text, index + found.length).read()
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
    }
  }
  return undefined
}
