/** Ids and names of examples. */
import { Media } from "@sightline/core/plugin"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import type { Example } from "../../src/index.ts"
import { identify, placeOf } from "../../src/upload/identify.ts"
import { openPets, scoredBy } from "../support/pets.ts"

const identifyAll = (inputs: ReadonlyArray<Example["input"]>) =>
  Promise.all(inputs.map((input, i) => Effect.runPromise(identify({ input, concepts: [] }, i))))

const text = (bytes: Uint8Array) => new Media("text", { from: "bytes", bytes })
const utf8 = new TextEncoder().encode("Grüße, 世界")
const latin1 = new Uint8Array([0x47, 0x72, 0xfc, 0xdf, 0x65])

describe("an example", () => {
  it("has the id of its content, however it is given", async () => {
    const bytes = new Uint8Array([1, 2, 3])
    const found = await identifyAll([bytes, bytes.slice().buffer, new Blob([bytes]), "data:image/png;base64,AQID"])
    const ids = found.map((one) => ("id" in one ? one.id : one.problem))
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/)
  })

  it("has the id of its whole address, and a name without query and credentials", async () => {
    const [a, b] = await identifyAll([
      "https://me:key@example.com/a.jpg?page=1",
      "https://me:key@example.com/a.jpg?page=2"
    ])
    expect(a).toMatchObject({ name: "https://example.com/a.jpg" })
    expect(a !== undefined && "id" in a && b !== undefined && "id" in b && a.id !== b.id).toBe(true)
  })

  it.each([
    ["https://example.com/a.jpg", "https://example.com/a.jpg"],
    ["https://example.com/a.jpg#top", "https://example.com/a.jpg#top"],
    ["https://example.com/a.jpg?sig=1", ""],
    ["https://me@example.com/a.jpg", ""],
    ["data:image/png;base64,AQID", ""]
  ])("at %s can be read again from: %s", (url, place) => {
    expect(placeOf(new Media("image", { from: "url", url }))).toBe(place)
  })

  it("that is text as bytes is used only if it is valid UTF-8", async () => {
    const [good, bad] = await identifyAll([text(utf8), text(latin1)])
    expect(good).toHaveProperty("id")
    expect(bad).toEqual({ name: "example 1", problem: "its text is not valid UTF-8" })
  })
})

describe("text as bytes that is not UTF-8", () => {
  it("is reported and not uploaded, instead of being stored with replacement characters", async () => {
    const bodies: Array<string> = []
    using at = openPets(
      scoredBy([], {
        override: ({ body, method, path }) => {
          if (method === "POST" && path === "inputs") bodies.push(JSON.stringify(body))
          return undefined
        }
      })
    )
    const model = await at.app
      .train("pets")
      .concepts("cat")
      .examples([
        { input: text(utf8), concepts: ["cat"] },
        { input: text(latin1), concepts: ["cat"], name: "latin.txt" }
      ])
      .params({ fail_on_missing_positive_examples: false })
      .run()
    expect(model.tally).toMatchObject({
      added: 1,
      unusable: [{ name: "latin.txt", problem: "its text is not valid UTF-8" }]
    })
    expect(bodies.join("")).toContain("Grüße, 世界")
    expect(bodies.join("")).not.toContain("\ufffd")
  })
})
