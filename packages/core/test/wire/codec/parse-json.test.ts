import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Octets, readJson } from "../../../src/wire/codec/parse-json.ts"
import { runs } from "../runs.ts"

const read = (text: string, shared?: string) => readJson(Buffer.from(text), shared)

const parsed = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Texts that answers have, and those that are hard: other alphabets, escapes, long ones, alike ones. */
const texts = fc.oneof(
  fc.constantFrom(
    "id",
    "name",
    "value",
    "concept 1",
    "concept 2",
    "",
    "Ä",
    "日本",
    "😀",
    "a\\b",
    'a"b',
    "\n",
    "\u007f"
  ),
  fc.string({ maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "b"), minLength: 60, maxLength: 70 })
)
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 1e9 }).map((n) => n / 1e9),
  fc.constantFrom(0, -0, 1, 0.1, 1e21, 1e-7, 123456789012345, 0.123456789012345, 9007199254740992, 5e-324)
)
const jsons = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "medium" },
    texts,
    numbers,
    fc.constantFrom(null, true, false),
    fc.array(tie("json"), { maxLength: 6 }),
    fc.array(numbers, { maxLength: 6 }),
    fc.dictionary(
      texts.filter((key) => key !== "__proto__"),
      tie("json"),
      { maxKeys: 6 }
    ),
    // a list of alike objects, as answers hold them
    fc.tuple(fc.array(fc.record({ id: texts, value: numbers }, { requiredKeys: ["id"] })), tie("json"))
  )
})).json

/** Parts of JSON, and what looks like it. */
const hard: ReadonlyArray<string> = [
  ...'{"a":|"b"|,|]|[|}|{|1|-|.5|e3|0|01| |"|\\|tru|true|null|nul|:|"\\u00|"\\x"|é|NaN|+|"__proto__":'.split("|"),
  "\u0001",
  "\ufeff",
  "\n",
  "\0"
]

/** The same JSON, with white space wherever it may stand. */
const spaced = (text: string, white: string): string =>
  text.replaceAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]/gsu, (token) => (token.startsWith('"') ? token : white + token + white))

describe("JSON from bytes", () => {
  it("is what JSON.parse gives: an answer", () => {
    const concept = (id: string, value: number) => ({ id, name: `the ${id}`, value, app_id: null, ok: true, no: false })
    const outputs = ["a", "b", "c"].map((id, at) => ({
      id,
      input: { data: { image: { url: `https://x.test/${id}.jpg?"ä"\n` } } },
      data: { concepts: [concept("cat", 0.5 + at), concept("dog", -1e-7)], embeddings: [{ vector: [0.1, -2, 3e5] }] },
      empty: [{}, [], "", 0, [[1], "x"]]
    }))
    for (const text of [JSON.stringify({ outputs }), JSON.stringify({ outputs }, undefined, 2)])
      assert.deepStrictEqual(read(text), parsed(text))
  })

  it.each([
    ["a number with a zero before it", "01"],
    ["a number without digits", "[-]"],
    ["a number that ends with its dot", '{"a":1.}'],
    ["a comma after the last", '{"a":1,}'],
    ["a comma after the last of a list", '["a",]'],
    ["two values", "{} {}"],
    ["a text without an end", '{"a":"b'],
    ["a control character", '{"a":"b\u0001"}'],
    ["a list that ends as an object", '["a"}'],
    ["a half of a word", "tru"],
    ["nothing", ""],
    ["a byte order mark", "\ufeff{}"]
  ])("is not read of %s", (_, text) => {
    assert.isUndefined(read(text))
    assert.isUndefined(parsed(text))
  })

  it.each([
    ["what would be an object's prototype", '{"__proto__":1}'],
    ["what is nested very deep", `${"[".repeat(5000)}"a"${"]".repeat(5000)}`]
  ])("is left to JSON.parse of %s", (_, text) => {
    assert.isUndefined(read(text))
    assert.isDefined(parsed(text))
  })

  it("makes equal objects one only where it may", () => {
    const output = { model: { id: "m", version: { id: "1" } }, data: { model: ["m"], tags: { a: 1 } } }
    const other = { model: { id: "n", version: { id: "1" } } }
    const text = JSON.stringify([output, output, other, other, output])
    const made = (read(text, "model") as unknown as { readonly value: ReadonlyArray<typeof output> }).value
    assert.deepStrictEqual<unknown>(made, JSON.parse(text))
    assert.strictEqual(made[0]?.model, made[1]?.model)
    assert.strictEqual(made[2]?.model, made[3]?.model)
    assert.notStrictEqual(made[0]?.data.tags, made[1]?.data.tags)
  })

  it.each([
    ["lists that begin with a number", `${"[0,".repeat(90)}"${"x".repeat(4000)}"${"]".repeat(90)}`],
    ["numbers in such lists", `${"[0,".repeat(90)}${"1,".repeat(4000)}""${"]".repeat(90)}`],
    [
      "objects of the shared member",
      `[${["a", "b", "c"].map((end) => `${'{"model":'.repeat(90)}"${"x".repeat(4000)}${end}"${"}".repeat(90)}`).join()}]`
    ]
  ])("takes no longer for being nested: %s", (_, text) => {
    const { looked, octets } = watched(text)
    assert.deepStrictEqual(readJson(octets, "model"), parsed(text))
    assert.isBelow(looked(), 8 * text.length)
  })

  it.each([
    ["lists", "[", "]"],
    ["objects", '{"a":', "}"],
    ["lists in objects", '{"a":[', "]}"]
  ])("is read of %s up to 100 levels deep, and left to JSON.parse of 200", (_, open, close) => {
    const nested = (levels: number) => {
      const times = levels / open.replaceAll(/[^[{]/g, "").length
      return `${open.repeat(times)}"a"${close.repeat(times)}`
    }
    assert.deepStrictEqual(read(nested(100)), parsed(nested(100)))
    assert.isUndefined(read(nested(200)))
  })

  it("is read of numbers with exponents of either case", () => {
    const text = '{"a":1E5,"b":-1.5e+3,"c":25E-11,"d":12345678901234567E2,"e":0E0}'
    assert.deepStrictEqual(read(text), parsed(text))
  })

  it("tells texts apart that are alike", () => {
    const runs = "aZ0 ~".split("").flatMap((one) => Array.from({ length: 64 }, (_, at) => one.repeat(64 - at)))
    const words = Array.from({ length: 3000 }, (_, at) => `word ${at}`)
    // pairs that have one hash in the usual functions of strings
    const pairs = ["Aa", "BB", "AaBB", "BBAa", "AaAa", "BBBB", "C#", "Bb", "BB"]
    const text = JSON.stringify([...runs, ...words, ...pairs, ...words, ...runs.toReversed(), ...pairs, ...runs])
    assert.deepStrictEqual(read(text), parsed(text))
  })

  it.each([
    ["words", Array(100).fill("a word that comes often"), 23],
    ["words as long as they are kept", Array(100).fill("b".repeat(64)), 64],
    ["different words", often(["one", "two", "Aa", "three"]).flat(), 13],
    ["keys", often({ "a key": true, "another key": null }), 16],
    ["keys of different objects", often([{ first: true }, { second: true, first: false }]).flat(), 16]
  ])("makes %s once, however often they come", (_, json, mostBytes) => {
    const { made, octets } = watched(JSON.stringify(json))
    assert.deepStrictEqual(readJson(octets), { value: json })
    assert.isAtMost(made(), mostBytes)
  })

  it("makes no text of usual numbers", () => {
    const json = [{ a: 0.5, b: -12, c: 0, d: 123_456_789_012_345, e: 0.123_456_789_012_34, f: -9.000_1 }]
    const { made, octets } = watched(JSON.stringify(json))
    assert.deepStrictEqual(readJson(octets), { value: json })
    assert.isAtMost(made(), "abcdef".length)
  })

  it.each([[[0.5, 1, 2]], [[-0.5, 1, 2]], [[9, 1, 2]]])("reads the numbers of an embedding at once: %j", (few) => {
    const text = JSON.stringify(Array(100).fill(few).flat())
    const { looked, octets } = watched(text)
    assert.deepStrictEqual(readJson(octets), parsed(text))
    // each byte in the search for the end and in the text that is parsed
    assert.isAtMost(looked(), 3 * text.length)
  })

  it("keeps nothing of the bytes", () => {
    const bytes = Buffer.from(JSON.stringify({ a: "short", b: "long ".repeat(40), c: "é".repeat(80), "d e": "\n" }))
    const before: unknown = JSON.parse(bytes.toString("utf8"))
    const got = readJson(bytes)
    bytes.fill(0x78)
    assert.deepStrictEqual(got, { value: before })
  })

  it("is what JSON.parse gives", () => {
    fc.assert(
      fc.property(jsons, fc.constantFrom("", " ", "\r\n\t"), fc.boolean(), (json, white, unicode) => {
        const plain = JSON.stringify(json)
        // every character may be written as an escape
        const text = spaced(unicode ? plain.replaceAll(/[^\x20-\x7e]/g, escaped) : plain, white)
        assert.deepStrictEqual(read(text), { value: JSON.parse(text) as unknown })
      }),
      { numRuns: runs(200) }
    )
  })

  it("is nothing that JSON.parse refuses, and never anything else than it gives", () => {
    const pieces = fc.constantFrom(...hard)
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), jsons, fc.nat(), (few, json, seed) => {
        const whole = JSON.stringify(json)
        const at = seed % (whole.length + 1)
        for (const cut of [few.join(""), whole.slice(0, at), whole.slice(0, at) + few.join("") + whole.slice(at)]) {
          const text = cut.toWellFormed() // half a character is none in UTF-8
          const got = read(text)
          if (got !== undefined) assert.deepStrictEqual(got, parsed(text), text)
        }
      }),
      { numRuns: runs(500) }
    )
  })

  it("is told of bytes that are no UTF-8 as the text of the whole would tell", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const whole = Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')])
        const got = readJson(whole)
        if (got !== undefined) assert.deepStrictEqual(got, parsed(whole.toString("utf8")))
      }),
      { numRuns: runs(500) }
    )
  })

  it("is read to the last digit of a number", () => {
    fc.assert(
      fc.property(fc.nat(999), fc.stringMatching(/^[0-9]{0,20}$/), (whole, digits) => {
        const text = digits === "" ? `${whole}` : `-${whole}.${digits}`
        const got = read(`{"a":${text}}`)
        // 0 and -0 are told apart
        assert.deepStrictEqual(got, { value: { a: Number(text) } }, text)
      }),
      { numRuns: runs(500) }
    )
  })
})

const often = <A>(json: A): ReadonlyArray<A> => Array.from({ length: 50 }, () => json)

/** Bytes that count how many of them were looked at, and how many were made into text. */
const watched = (text: string) => {
  const bytes = Buffer.from(text)
  let looked = 0
  let made = 0
  const counting: Pick<Octets, "toString" | "indexOf"> = {
    toString: (encoding, from = 0, to = bytes.length) => {
      looked += to - from
      made += to - from
      return bytes.toString(encoding, from, to)
    },
    indexOf: (byte, from = 0) => {
      const at = bytes.indexOf(byte, from)
      looked += (at === -1 ? bytes.length : at) - from
      return at
    }
  }
  const octets = new Proxy<Octets>(bytes, {
    get: (_, name) => {
      if (typeof name === "string" && /^\d/.test(name)) looked++
      const value: unknown = Reflect.get(counting, name) ?? Reflect.get(bytes, name, bytes)
      return typeof value === "function" ? (value.bind(bytes) as unknown) : value
    }
  })
  return { octets, looked: () => looked, made: () => made }
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
