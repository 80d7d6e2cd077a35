import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { shownAddress, textItem } from "../../src/inputs/input-item.ts"

describe("an address in an outcome", () => {
  it.each([
    ["https://a.example/1.jpg", "https://a.example/1.jpg"],
    ["https://a.example/1.jpg?size=large&page=2#x", "https://a.example/1.jpg?size=large&page=2#x"],
    ["https://me@a.example/1.jpg?a=1", "https://me@a.example/1.jpg?a=1"]
  ])("%s is shown as it is", (address, shown) => expect(shownAddress(address)).toBe(shown))

  it("shows no value that gives access, and stays different from others", () => {
    const addresses = [
      "X-Amz-Signature",
      "sig",
      "token",
      "access_token",
      "apiKey",
      "AWSAccessKeyId",
      "Policy",
      "password"
    ].flatMap((name) => ["s3cret-1", "s3cret-2"].map((value) => `https://a.example/1.jpg?size=2&${name}=${value}`))
    const shown = [...addresses, "https://me:s3cret-1@a.example/1.jpg", "https://me:s3cret-2@a.example/1.jpg"].map(
      shownAddress
    )
    for (const one of shown) expect(one).not.toContain("s3cret")
    expect(new Set(shown).size).toBe(shown.length)
    for (const one of shown.slice(0, -2)) expect(one).toContain("size=2")
  })

  it("never shows the content of a data: address", () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 40 }), (content) => {
        const shown = shownAddress(`data:image/png;base64,${content}`)
        expect(shown).toMatch(/^data:image\/png,~[0-9a-f]{8}$/)
      })
    )
  })
})

describe("a text", () => {
  it("is its own label, shortened if it is long", () => {
    expect(textItem("hello").label).toBe("hello")
    const [a, b] = ["a", "b"].map((end) => textItem("x".repeat(200) + end).label)
    expect(a).toMatch(/^x{80}…~[0-9a-f]{8}$/)
    expect(a).not.toBe(b)
  })
})
