import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../../src/wire/codec/decode-json.ts"
import { isDecoded } from "../../../src/wire/codec/decoded-form.ts"
import { ConceptWire } from "../../../src/wire/messages/concept-messages.ts"
import { DataWire, EmbeddingWire } from "../../../src/wire/messages/data-messages.ts"
import type { Field } from "../../../src/wire/messages/field.ts"
import { FrameInfoWire, FrameWire } from "../../../src/wire/messages/frame-messages.ts"
import { InputWire } from "../../../src/wire/messages/input-messages.ts"
import { ImageWire } from "../../../src/wire/messages/media-messages.ts"
import type { Message } from "../../../src/wire/messages/message.ts"
import { ModelWire } from "../../../src/wire/messages/model-messages.ts"
import { ModelIdsWire, PredictionOutputWire, VersionIdWire } from "../../../src/wire/messages/prediction-output.ts"
import { BoundingBoxWire, RegionInfoWire, RegionWire } from "../../../src/wire/messages/region-messages.ts"
import { StatusWire } from "../../../src/wire/messages/status-messages.ts"

const common: ReadonlyArray<Message<unknown>> = [
  StatusWire,
  ConceptWire,
  ImageWire,
  BoundingBoxWire,
  RegionInfoWire,
  RegionWire,
  FrameInfoWire,
  FrameWire,
  EmbeddingWire,
  DataWire,
  InputWire,
  VersionIdWire,
  ModelIdsWire,
  PredictionOutputWire
]

/** A decoded value of a field; undefined for one of a message that is not among the common ones. */
const valueOf = ({ item, kind, of }: Field<unknown>): unknown => {
  switch (kind) {
    case "string":
    case "bytes":
    case "timestamp":
    case "duration":
      return "a"
    case "bool":
      return true
    case "struct":
      return { a: [null] }
    case "message":
      return of && common.includes(of()) ? smallest(of()) : undefined
    case "repeated": {
      const value = item && valueOf(item)
      return value === undefined ? undefined : [value, value]
    }
    case "map":
    case "value":
      return undefined
    default:
      return 0.5
  }
}

/** A decoded message of the fields alone that every one has. */
const smallest = (message: Message<unknown>): Record<string, unknown> =>
  Object.fromEntries(message.alwaysPresent.map(([name, field]) => [name, valueOf(field)]))

/** What no field of any kind but free JSON decodes as it is, by itself, in a list, and in a list after one that does. */
const wrongFor = (field: Field<unknown>): ReadonlyArray<unknown> => {
  const right = valueOf(field)
  const [element] = Array.isArray(right) ? (right as ReadonlyArray<unknown>) : []
  const others = ["a", 0.5, true, {}, [5], ["a"], [true], null, [null], [element, null], [element, [element]]]
  const sameType = (value: unknown) =>
    typeof value === typeof right && Array.isArray(value) === Array.isArray(right) && value !== null
  const isRight = (value: unknown) =>
    Array.isArray(value) && Array.isArray(right) ? value.every((one) => typeof one === typeof element) : sameType(value)
  return others.filter((value) => !isRight(value))
}

const cases = common.flatMap((message) =>
  [...message.fields].map(([name, field]) => [`${message.name}.${name}`, message, name, field] as const)
)

describe("a value in decoded form is recognised", () => {
  it.each(common.map((message) => [message.name, message] as const))(
    "%s of nothing but what it must have",
    (_, message) => {
      assert.isTrue(isDecoded(message, smallest(message)))
      assert.isTrue(isDecoded(message, { ...smallest(message), a_new_field: [{}] }))
    }
  )
  it.each(cases)("%s of its kind, and of no other", (_, message, name, field) => {
    const right = valueOf(field)
    if (right !== undefined) {
      assert.isTrue(isDecoded(message, { ...smallest(message), [name]: right }))
      if (Array.isArray(right)) assert.isTrue(isDecoded(message, { ...smallest(message), [name]: [] }))
    }
    for (const wrong of wrongFor(field)) {
      const json = { ...smallest(message), [name]: wrong }
      assert.isFalse(isDecoded(message, json), JSON.stringify(wrong))
    }
    // a false costs time and nothing else; a true is what the decoder would say
    const whole = { ...smallest(message), [name]: right }
    const decoded = decode(message, whole)
    assert.isTrue(!isDecoded(message, whole) || (decoded.ok && decoded.value === whole))
  })
  it.each(common.flatMap((message) => message.alwaysPresent.map(([name]) => [message.name, name, message] as const)))(
    "%s not without %s",
    (_, name, message) => {
      const { [name]: __, ...rest } = smallest(message)
      assert.isFalse(isDecoded(message, rest))
    }
  )
  it.each(common.map((message) => [message.name, message] as const))("%s not where it is no object", (_, message) => {
    for (const json of [null, undefined, "a", 5, true, [], [smallest(message)]])
      assert.isFalse(isDecoded(message, json))
  })
  it.each(
    cases.flatMap(([title, message, name, field]) => {
      const inner = field.kind === "repeated" ? field.item?.of?.() : field.of?.()
      return inner !== undefined && common.includes(inner) ? [[title, message, name, field, inner] as const] : []
    })
  )("%s not where something within it is not", (_, message, name, field, inner) => {
    const broken = {
      ...smallest(inner),
      ...Object.fromEntries([...inner.fields.keys()].map((key) => [key, Symbol("s")]))
    }
    const value = field.kind === "repeated" ? [smallest(inner), broken] : broken
    assert.isFalse(isDecoded(message, { ...smallest(message), [name]: value }))
  })
  it("lists of numbers where each element is one", () => {
    assert.isTrue(isDecoded(EmbeddingWire, { vector: [0.1, 0.2], num_dimensions: 2 }))
    assert.isFalse(isDecoded(EmbeddingWire, { vector: [0.1, "0.2"] }))
  })
  it("up to sixteen messages deep", () => {
    const nested = (levels: number) => {
      let json: object = {}
      for (let level = 0; level < levels; level++) json = level % 2 === 0 ? { regions: [json] } : { data: json }
      return levels % 2 === 0 ? isDecoded(RegionWire, json) : isDecoded(DataWire, json)
    }
    assert.isTrue(nested(15))
    assert.isFalse(nested(16))
    assert.isFalse(nested(17))
  })
  it("of a message that is not many in a response is left to the decoder", () => {
    assert.isFalse(isDecoded(ModelWire, {}))
  })
})
