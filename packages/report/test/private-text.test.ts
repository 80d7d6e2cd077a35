import { assert, describe, it } from "@effect/vitest"
import { answerJson } from "../src/outcomes/answer-json.ts"
import { makePrivateText, shorten } from "../src/outcomes/private-text.ts"

const nameless = makePrivateText({ names: false, redact: undefined })
const named = makePrivateText({ names: true, redact: undefined })

const secrets = [
  "https://user:pass@photos.test/a.jpg?X-Amz-Signature=abcdef0123456789",
  "Authorization: Key 0123456789abcdef0123",
  "Bearer abcdef.ghijk-lmnop",
  "sk-proj-abcdefghijklmnop0123",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
  `data:image/png;base64,${"iVBORw0KGgo".repeat(30)}`
]

describe("text of a report", () => {
  it.each(secrets)("holds no key, query or bytes, whatever it is: %s", (secret) => {
    const hidden = [
      "pass@",
      "abcdef0123456789",
      "0123456789abcdef0123",
      "ghijk-lmnop",
      "sk-proj-abc",
      "c2ln",
      "iVBORw0KGgoiVBOR"
    ]
    for (const text of [nameless, named])
      for (const shown of [
        text.said(`see ${secret} there`, "text"),
        text.error(`see ${secret} there`, []),
        text.name(secret)
      ])
        for (const part of hidden) assert.notInclude(shown, part)
  })

  it("keeps what a model said as it is", () => {
    const said = "Room 12: 3.5 km, a/b, </script> “quoted” مرحبا 👩‍👩‍👧 \u202Ereversed"
    assert.strictEqual(nameless.said(said, "text"), said)
  })

  it("shows no name, path or address of an input unless asked", () => {
    const message =
      "cannot use image /home/me/private/cat.jpg: there is no file at /home/me/private/cat.jpg; see https://x.test/doc"
    const shown = nameless.error(message, [])
    for (const part of ["/home", "private", "cat.jpg", "x.test"]) assert.notInclude(shown, part)
    assert.include(named.error(message, []), "/home/me/private/cat.jpg")
    assert.strictEqual(nameless.name("cat.jpg"), "")
    assert.strictEqual(named.name("cat.jpg"), "cat.jpg")
  })

  it.each(["cat.jpg", "C:\\photos\\my cat.jpg", "../up/cat.jpg", "~/cat.jpg", "my-key-17"])(
    "takes the input's own name out of errors: %s",
    (name) => {
      assert.notInclude(nameless.error(`model, ${name}: cannot use image ${name}: it is empty`, [name]), name)
    }
  )

  it("is redacted by the caller last, with what it is", () => {
    const seen: Array<string> = []
    const own = makePrivateText({
      names: true,
      redact: (text, role) => {
        seen.push(role)
        return text.replaceAll("Anna", "someone")
      }
    })
    assert.deepStrictEqual(
      [own.name("Anna.jpg"), own.said("Anna smiles", "text"), own.error("Anna failed", [])],
      ["someone.jpg", "someone smiles", "someone failed"]
    )
    assert.deepStrictEqual(seen, ["name", "text", "error"])
  })

  it("is never cut in the middle of a character", () => {
    assert.strictEqual(shorten("ab👍", 3), "ab…")
    assert.strictEqual(shorten("ab👍", 4), "ab👍")
  })
})

describe("an answer as JSON", () => {
  const options = { text: nameless, key: "row-7", names: false }
  const jsonOf = (value: unknown): unknown => JSON.parse(answerJson(value, options))

  it("has every number exactly", () => {
    const scores = [0.1 + 0.2, 1e-7, 0.9999999999, 123456789.123, -0.5]
    assert.deepStrictEqual(jsonOf({ concepts: scores.map((score) => ({ name: "a", score })) }), {
      concepts: scores.map((score) => ({ name: "a", score }))
    })
  })
  it("has sizes in the place of bytes, masks and long vectors", () => {
    const mask = { width: 4, height: 2, pixels: () => Promise.resolve() }
    assert.deepStrictEqual(
      jsonOf({
        bytes: new Uint8Array(9),
        buffer: new ArrayBuffer(3),
        mask,
        vector: Array.from({ length: 512 }, () => 0.5)
      }),
      {
        bytes: "<9 bytes>",
        buffer: "<3 bytes>",
        mask: "<mask of 4 × 2>",
        vector: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, "… 504 more numbers"]
      }
    )
  })
  it("has neither the caller's key nor a signed query", () => {
    assert.deepStrictEqual(jsonOf({ key: "row-7", inputId: "row-7", url: "https://x.test/a.png?sig=secret" }), {
      url: "https://x.test/a.png?…"
    })
    assert.deepStrictEqual(jsonOf({ inputId: "input-of-the-service" }), { inputId: "input-of-the-service" })
  })
  it("is bounded, however deep and long the answer", () => {
    let deep: unknown = "end"
    for (let i = 0; i < 5000; i++) deep = { deep }
    assert.include(answerJson(deep, options), "…")
    assert.isBelow(answerJson({ text: "a b ".repeat(1e5) }, options).length, 30_000)
    assert.isBelow(
      answerJson(
        Array.from({ length: 1e5 }, (_, i) => ({ i })),
        options
      ).length,
      20_000
    )
  })
  it("is there for what JSON has no form for", () => {
    assert.strictEqual(answerJson(undefined, options), "null")
    assert.deepStrictEqual(jsonOf({ big: 12n, call: () => 1, nothing: undefined, not: Number.NaN }), {
      big: "12",
      not: null
    })
  })
})
