import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type InputIdentity, matchOutputs } from "../../src/predict/match-outputs.ts"

const echo = (id?: unknown, url?: unknown, kind = "image") => ({
  input: { ...(id === undefined ? {} : { id }), ...(url === undefined ? {} : { data: { [kind]: { url } } }) }
})
const byId = (...ids: ReadonlyArray<string>): ReadonlyArray<InputIdentity> => ids.map((id) => ({ id, url: undefined }))
const byUrl = (...urls: ReadonlyArray<string>): ReadonlyArray<InputIdentity> => urls.map((url) => ({ url }))

describe("outputs as many as inputs", () => {
  it.each<[string, ReadonlyArray<unknown>]>([
    ["that repeat nothing of their inputs", [{}, { input: undefined }, { input: null }]],
    ["with empty or strange ids", [echo(""), echo(7), echo(null)]],
    ["that are no objects", [null, undefined, "text"]],
    ["that repeat the ids in order", [echo("a"), echo("b"), echo("c")]]
  ])("%s are taken in order", (_, outputs) => {
    assert.strictEqual(matchOutputs(byId("a", "b", "c"), outputs), outputs)
  })
  it("of inputs without an address are taken in order, whatever addresses they have", () => {
    const outputs = [echo(undefined, "storage:2"), echo(undefined, "storage:1")]
    assert.strictEqual(matchOutputs(byId("a", "b"), outputs), outputs)
    assert.strictEqual(matchOutputs([{ url: undefined }, { url: undefined }], outputs), outputs)
  })
  it("are matched where some are no outputs at all", () => {
    const b = echo(undefined, "u:b")
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), [b, null]), [null, b])
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), [b, echo(undefined, 7)]), [echo(undefined, 7), b])
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), [b, { input: { data: {} } }])[1], b)
  })
  it("are put into the order of the inputs by their ids", () => {
    const [a, b, c] = [echo("a"), echo("b"), echo("c")]
    assert.deepStrictEqual(matchOutputs(byId("a", "b", "c"), [c, a, b]), [a, b, c])
  })
  it.each(["image", "video", "audio", "text"])("are put into order by addresses of %s", (kind) => {
    const [a, b] = [echo(undefined, "u:a", kind), echo(undefined, "u:b", kind)]
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), [b, a]), [a, b])
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), [a, b]), [a, b])
  })
  it("whose addresses the service rewrote are taken in order", () => {
    const outputs = [echo(undefined, "cdn:1"), echo(undefined, "cdn:2")]
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), outputs), outputs)
    const some = [echo(undefined, "u:b"), echo(undefined, "cdn:2")]
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), some), some.toReversed())
  })
  it("go by ids before addresses", () => {
    const sent = [
      { id: "a", url: "u:same" },
      { id: "b", url: "u:same" }
    ]
    const [a, b] = [echo("a", "u:same"), echo("b", "u:same")]
    assert.deepStrictEqual(matchOutputs(sent, [b, a]), [a, b])
  })
  it("that repeat one id twice serve the inputs of that id in order", () => {
    const [first, second, other] = [{ ...echo("a"), n: 1 }, { ...echo("a"), n: 2 }, echo("b")]
    assert.deepStrictEqual(matchOutputs(byId("a", "b", "a"), [first, second, other]), [first, other, second])
  })
})

describe("an output with another input's id", () => {
  it("is not taken for a single input", () => {
    assert.deepStrictEqual(matchOutputs([{ id: "mine", url: undefined }], [echo("theirs")]), [undefined])
    assert.deepStrictEqual(matchOutputs([{ id: "mine", url: "u:a" }], [echo("theirs", "u:a")]), [undefined])
  })
  it("is not taken in a batch, and the others keep theirs", () => {
    const [a, c] = [echo("a"), echo("c")]
    assert.deepStrictEqual(matchOutputs(byId("a", "b", "c"), [a, echo("x"), c]), [a, undefined, c])
    assert.deepStrictEqual(matchOutputs(byId("a", "b"), [echo("x"), echo("y")]), [undefined, undefined])
    assert.deepStrictEqual(matchOutputs(byId("a", "b"), [a, a]), [a, undefined])
  })
  it("is not taken for an input that has an address alone", () => {
    const sent: ReadonlyArray<InputIdentity> = [{ url: "u:a" }, { id: "b", url: "u:b" }]
    const b = echo("b", "u:b")
    assert.deepStrictEqual(matchOutputs(sent, [b, b]), [undefined, b])
    assert.deepStrictEqual(matchOutputs(sent, [echo("b"), echo("b")]), [undefined, echo("b")])
  })
  it("whatever the service answers", () => {
    const ids = fc.constantFrom("a", "b", "c", "x")
    const sent = fc.array(
      fc.record({
        id: fc.option(ids, { nil: undefined }),
        url: fc.option(fc.constantFrom("u:1", "u:2"), { nil: undefined })
      }),
      { minLength: 1, maxLength: 5 }
    )
    const answered = fc.array(
      fc.record({
        id: fc.option(fc.constantFrom("a", "b", "c", "x", ""), { nil: undefined }),
        url: fc.constantFrom("u:1", "u:2", "u:3", undefined)
      }),
      { maxLength: 6 }
    )
    fc.assert(
      fc.property(sent, answered, (inputs, given) => {
        const outputs = given.map(({ id, url }, n) => ({ ...echo(id, url), n }))
        const matched = matchOutputs(inputs, outputs)
        assert.lengthOf(matched, inputs.length)
        const taken = matched.filter((one) => one !== undefined)
        assert.strictEqual(new Set(taken).size, taken.length) // none is taken twice
        inputs.forEach(({ id: own }, i) => {
          const id = (matched[i] as { readonly input: { readonly id?: string } } | undefined)?.input.id
          if (id === undefined || id === "" || id === own) return
          assert.isUndefined(own) // an input with an id takes no output with another
          assert.isFalse(inputs.some((other) => other.id === id)) // and one without takes none of another input
        })
      }),
      { numRuns: 2000 }
    )
  })
})

describe("outputs fewer or more than inputs", () => {
  it("are taken only where they can be recognised", () => {
    const [a, c] = [echo("a"), echo("c")]
    assert.deepStrictEqual(matchOutputs(byId("a", "b", "c"), [c, a]), [a, undefined, c])
    assert.deepStrictEqual(matchOutputs(byId("a"), [a, c]), [a])
    assert.deepStrictEqual(matchOutputs(byId("a", "b"), [{}]), [undefined, undefined])
    assert.deepStrictEqual(matchOutputs(byUrl("u:a", "u:b"), [echo(undefined, "u:b")]), [
      undefined,
      echo(undefined, "u:b")
    ])
    assert.deepStrictEqual(matchOutputs(byId("a", "b"), []), [undefined, undefined])
  })
})
