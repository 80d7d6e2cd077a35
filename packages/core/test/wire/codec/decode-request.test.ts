import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../../src/wire/codec/decode-json.ts"
import { decodeRequest } from "../../../src/wire/codec/decode-request.ts"
import { ConceptWire } from "../../../src/wire/messages/concept-messages.ts"
import { ListInputsRequestWire, PostInputsRequestWire } from "../../../src/wire/messages/input-requests.ts"
import { PostModelsRequestWire } from "../../../src/wire/messages/model-requests.ts"
import { message, repeated } from "../../../src/wire/messages/field.ts"
import { defineMessage } from "../../../src/wire/messages/message.ts"

const value = <A>(decoded: { readonly ok: true; readonly value: A } | { readonly ok: false }): A => {
  if (!decoded.ok) throw new Error(JSON.stringify(decoded))
  return decoded.value
}

describe("decoding a request", () => {
  it("accepts numbers and booleans where text belongs", () => {
    assert.deepStrictEqual(value(decodeRequest(ConceptWire, { id: 7, name: true })), {
      id: "7",
      name: "true",
      value: 1
    })
    assert.isFalse(decode(ConceptWire, { id: 7 }).ok)
  })
  it("accepts one element where a list belongs", () => {
    assert.deepStrictEqual(value(decodeRequest(ListInputsRequestWire, { ids: "a" })), { ids: ["a"] })
    assert.deepStrictEqual(value(decodeRequest(PostModelsRequestWire, { models: { id: "m" } })).models, [{ id: "m" }])
    assert.isFalse(decode(ListInputsRequestWire, { ids: "a" }).ok)
  })
  it("takes null in a list of messages for an empty message", () => {
    assert.deepStrictEqual(value(decodeRequest(PostInputsRequestWire, { inputs: [null, { id: "a" }] })).inputs, [
      {},
      { id: "a" }
    ])
    assert.isFalse(decode(PostInputsRequestWire, { inputs: [null] }).ok)
  })
  it("takes empty text for an absent number, and for nothing else", () => {
    assert.deepStrictEqual(value(decodeRequest(ListInputsRequestWire, { page: "", per_page: "5" })), { per_page: 5 })
    assert.deepStrictEqual(value(decodeRequest(ConceptWire, { id: "", value: "" })), { id: "", value: 1 })
    assert.isFalse(decodeRequest(PostInputsRequestWire, { user_app_id: "" }).ok)
  })
  it("is otherwise as strict as any decoding", () => {
    assert.deepStrictEqual(decodeRequest(PostInputsRequestWire, { inputs: [{ data: [] }] }), {
      ok: false,
      problem: { path: "inputs[0].data", problem: "expected an object (Data), found a list" }
    })
    assert.deepStrictEqual(decodeRequest(ConceptWire, { id: {} }), {
      ok: false,
      problem: { path: "id", problem: "expected text, found an object" }
    })
  })
  it("replaces a malformed element and keeps its neighbors", () => {
    const seen: Array<unknown> = []
    const request = { inputs: [{ id: "a" }, { id: "b", data: { image: { url: {} } } }, 5, { id: "c" }], extra: 1 }
    const decoded = decodeRequest(PostInputsRequestWire, request, (list, index, { path, problem }) => {
      seen.push([list, index, path, problem])
      return { id: `malformed ${index}` }
    })
    assert.deepStrictEqual<unknown>(value(decoded), {
      inputs: [{ id: "a" }, { id: "malformed 1" }, { id: "malformed 2" }, { id: "c" }],
      extra: 1
    })
    assert.deepStrictEqual(seen, [
      ["inputs", 1, "inputs[1].data.image.url", "expected text, found an object"],
      ["inputs", 2, "inputs[2]", "expected an object (Input), found a number"]
    ])
  })
  it("is malformed as a whole where nothing takes an element's place", () => {
    assert.isFalse(decodeRequest(PostInputsRequestWire, { inputs: [5] }, () => undefined).ok)
    assert.isFalse(decodeRequest(PostInputsRequestWire, { inputs: 5, user_app_id: 5 }, () => ({})).ok)
  })
  it("takes null for an absent field", () => {
    assert.deepStrictEqual(
      value(decodeRequest(ListInputsRequestWire, { user_app_id: null, ids: null, page: null })),
      {}
    )
  })
  it("takes null in a list of texts for no text", () => {
    assert.deepStrictEqual(decodeRequest(ListInputsRequestWire, { ids: ["a", null] }), {
      ok: false,
      problem: { path: "ids[1]", problem: "expected text, found null" }
    })
  })
  it("replaces an element of the request's own list for what is malformed in a list within it", () => {
    const seen: Array<unknown> = []
    const inputs = [{ id: "a", data: { concepts: [{ id: "x" }, 5, { id: {} }] } }, { id: "b" }]
    const decoded = decodeRequest(PostInputsRequestWire, { inputs }, (list, index, { path }) => {
      seen.push([list, index, path])
      return { id: "malformed" }
    })
    assert.deepStrictEqual<unknown>(value(decoded), { inputs: [{ id: "malformed" }, { id: "b" }] })
    assert.deepStrictEqual(seen, [["inputs", 0, "inputs[0].data.concepts[1]"]])
  })
  it("is malformed where an element is, at its path, and later fields keep theirs", () => {
    const request = { inputs: [5, { id: "a" }], user_app_id: { user_id: {} } }
    assert.deepStrictEqual(
      decodeRequest(PostInputsRequestWire, request, () => ({})),
      { ok: false, problem: { path: "user_app_id.user_id", problem: "expected text, found an object" } }
    )
  })
  it("is an error, not a malformed element, where the table of a message fails", () => {
    const BrokenWire = defineMessage("Broken", () => {
      throw new Error("no table")
    })
    const ListWire = defineMessage("List", () => ({ items: repeated(message(1, () => BrokenWire)) }))
    assert.throws(() => decodeRequest(ListWire, { items: [{}] }, () => ({})), "no table")
  })
})
