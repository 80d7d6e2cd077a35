import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { inspect } from "node:util"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"

const secret = fc.string({ minLength: 8, maxLength: 60, unit: "grapheme-ascii" }).filter((text) => text.trim() === text)

/** The forms in which a service may repeat a key. */
const forms: Readonly<Record<string, (key: string, around: string) => string>> = {
  plain: (key) => key,
  json: (key) => JSON.stringify(key).slice(1, -1),
  "json without ASCII signs": (key) =>
    key.replace(/\W/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
  percent: encodeURIComponent,
  "percent, every character": (key) =>
    [...Buffer.from(key)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  "percent, in capitals": (key) =>
    [...Buffer.from(key)].map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`).join(""),
  hex: (key) => Buffer.from(key).toString("hex"),
  "hex in capitals": (key) => Buffer.from(key).toString("hex").toUpperCase(),
  "hex with colons": (key) => (Buffer.from(key).toString("hex").match(/../g) ?? []).join(":")
}

describe("known secrets", () => {
  it.each(Object.keys(forms))("are taken out as %s", (name) => {
    fc.assert(
      fc.property(secret, (key) => {
        const written = forms[name]?.(key, "") ?? ""
        const clean = new Secrets([`Key ${key}`]).redact(`said: ${written}!`)
        assert.strictEqual(clean, "said: <redacted>!")
      })
    )
  })

  it("are taken out of base64, wherever they stand in what was encoded, in either alphabet", () => {
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (key, before, after) => {
        const secrets = new Secrets([key])
        for (const alphabet of ["base64", "base64url"] as const) {
          const encoded = Buffer.from(before + key + after).toString(alphabet)
          const [head = "", tail = ""] = secrets.redact(encoded).split("<redacted>")
          assert.notStrictEqual(`${head}${tail}`, encoded)
          // what is left decides no whole byte of the key but the ones at its edges
          assert.isAtMost(head.length, Math.ceil((Buffer.from(before).length * 4) / 3) + 1)
        }
      })
    )
  })

  it("that begin as another does are taken out whole", () => {
    assert.strictEqual(new Secrets(["abcdef", "abcdef123456"]).redact("abcdef123456"), "<redacted>")
  })

  it("are never shown by what holds them", () => {
    const secrets = new Secrets(["0123456789abcdef"]).with(["another-secret"])
    for (const text of [JSON.stringify({ secrets }), inspect(secrets, { depth: 9, showHidden: true })])
      assert.notMatch(text, /0123456789|another/)
    assert.strictEqual(secrets.redact("0123456789abcdef another-secret"), "<redacted> <redacted>")
  })

  it("too short for a key are left, and so is everything where there are none", () => {
    assert.strictEqual(new Secrets(["", "abc"]).redact("abc"), "abc")
    assert.strictEqual(noSecrets.redact("Key abcdef"), "Key abcdef")
    assert.strictEqual(noSecrets.with([]), noSecrets)
  })
})
