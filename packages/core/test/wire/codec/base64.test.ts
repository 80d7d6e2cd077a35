import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { vi } from "vitest"
import type * as module from "../../../src/wire/codec/base64.ts"

/** A test of the module, and the class whose bytes it encodes. */
type Use = (base64: typeof module, Bytes: Uint8ArrayConstructor | typeof NewBytes) => unknown

/** What the language has since 2025: it takes the characters of one alphabet and throws for all others. */
class NewBytes extends Uint8Array<ArrayBuffer> {
  static fromBase64(text: string, { alphabet }: { readonly alphabet: "base64" | "base64url" }) {
    const others = { base64: /[-_]/, base64url: /[+/]/ }[alphabet]
    if (others.test(text)) throw new SyntaxError("not base64")
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0))
  }
  toBase64() {
    return btoa(String.fromCharCode(...this))
  }
}

/** Runs `use` with the module as it is loaded where there is no `Buffer`. */
const inBrowsers = async (use: Use): Promise<void> => {
  vi.resetModules()
  vi.stubGlobal("Buffer", undefined)
  const base64 = await import("../../../src/wire/codec/base64.ts").finally(() => vi.unstubAllGlobals())
  await use(base64, Uint8Array)
}

/** Runs `use` where the language itself has base64. */
const inNewRuntimes = (use: Use): Promise<void> =>
  inBrowsers(async (base64) => {
    vi.stubGlobal("Uint8Array", NewBytes)
    try {
      await use(base64, NewBytes)
    } finally {
      vi.unstubAllGlobals()
    }
  })

const inNode = async (use: Use): Promise<void> => {
  await use(await import("../../../src/wire/codec/base64.ts"), Uint8Array)
}

describe.each([
  ["Node", inNode],
  ["browsers", inBrowsers],
  ["runtimes that have it in the language", inNewRuntimes]
])("base64 in %s", (_, run) => {
  it("is read back as the bytes that it was written from, in every spelling", () =>
    run((base64, Bytes) =>
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), (bytes, at) => {
          const text = base64.toBase64(Bytes.from(bytes))
          assert.strictEqual(text, Buffer.from(bytes).toString("base64"))
          for (const spelling of [
            text,
            text.replaceAll("=", ""),
            text.replaceAll("+", "-").replaceAll("/", "_"),
            `${text.slice(0, at)}\r\n ${text.slice(at)}`,
            `\u00a0${text}`
          ])
            assert.deepStrictEqual(base64.fromBase64(spelling), bytes)
        })
      )
    ))
  it.each([
    ["+/+/", [0xfb, 0xff, 0xbf]],
    ["-_-_", [0xfb, 0xff, 0xbf]],
    ["-A", [0xf8]],
    ["_A==", [0xfc]],
    ["", []]
  ])("%j is read", (text, bytes) =>
    run(({ fromBase64 }) => assert.deepStrictEqual(fromBase64(text), Uint8Array.from(bytes)))
  )
  it.each(["A", "AQID!", "AQ=ID", "\u00e4AAA", "AQIDB", "AQ=", "AQ===", "AQI==", "AQID=", "=", "==", "===="])(
    "is not %j",
    (text) => run(({ fromBase64 }) => assert.isUndefined(fromBase64(text)))
  )
  it("of a view has only the bytes of the view", () =>
    run(({ toBase64 }, Bytes) => assert.strictEqual(toBase64(Bytes.of(9, 1, 2, 3, 9).subarray(1, 4)), "AQID")))
  it("of much is read back too", () =>
    run(({ fromBase64, toBase64 }, Bytes) => {
      const bytes = Bytes.from({ length: 30_001 }, (_, at) => (at * 7) % 256)
      assert.strictEqual(toBase64(bytes), Buffer.from(bytes).toString("base64"))
      assert.deepStrictEqual(fromBase64(toBase64(bytes)), bytes)
    }))
  it("gives bytes that own their memory, so that they can be transferred", () =>
    run(({ fromBase64 }) => {
      for (const length of [3, 30_000]) {
        const bytes = fromBase64(Buffer.alloc(length, 1).toString("base64"))
        assert.strictEqual(bytes?.buffer.byteLength, length)
      }
    }))
  it("is told from bytes", () =>
    run(({ toBytes }) => {
      assert.deepStrictEqual(toBytes("AQID"), Uint8Array.of(1, 2, 3))
      const bytes = Uint8Array.of(1)
      assert.strictEqual(toBytes(bytes), bytes)
      assert.isUndefined(toBytes("!"))
    }))
})
