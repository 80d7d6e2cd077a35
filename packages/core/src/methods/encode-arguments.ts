// Arguments on their way out: each a named part of the one input, its bytes untouched until the body is made.
import * as Effect from "effect/Effect"
import { InvalidOption, MediaUnreadable } from "../errors/errors.ts"
import { type Kind, type Media, type MediaInput, textMedia, toMedia } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import { base64Length, memberOf, type EncodedInput, utf8Length } from "../predict/request-body.ts"
import type { NdArray } from "../results/generated-media.ts"
import type { Limits } from "../connection/limits.ts"
import type { Method } from "./method.ts"
import type { MethodType, PlainType } from "./method-types.ts"

type Pieces = ReadonlyArray<string | Uint8Array>
type Written = Effect.Effect<Pieces, InvalidOption | MediaUnreadable>

/** Types with their own member in `data` that need no reading: the member, and its check. */
const scalars: Readonly<
  Partial<Record<PlainType, readonly [member: string, fits: (value: unknown) => boolean, what: string]>>
> = {
  str: ["string_value", (value) => typeof value === "string", "text"],
  int: ["int_value", (value) => Number.isSafeInteger(value), "a whole number"],
  float: ["float_value", (value) => Number.isFinite(value), "a number"],
  bool: ["bool_value", (value) => typeof value === "boolean", "true or false"]
}
const media: Readonly<Partial<Record<PlainType, Kind>>> = {
  image: "image",
  audio: "audio",
  video: "video",
  text: "text"
}

/** How one argument is written. */
interface Place {
  readonly limits: Limits
  /** Where it stands, for people: `prompt`, `images[2]`. */
  readonly at: string
}

const refuse = ({ at }: Place, problem: string) => Effect.fail(new InvalidOption({ option: at, problem }))

const fields = (members: ReadonlyArray<readonly [id: string | undefined, pieces: Pieces]>): Pieces => [
  `"parts":[`,
  ...members.flatMap(([id, pieces], i) => [
    `${i === 0 ? "" : ","}{${id === undefined ? "" : `"id":${JSON.stringify(id)},`}"data":{`,
    ...pieces,
    "}}"
  ]),
  "]"
]

const mediumOf = (kind: Kind, value: unknown): Media => {
  if (kind === "text" && typeof value === "string") return textMedia(value)
  return toMedia(kind, value as MediaInput) // throws for what is none
}

const writeMedium = (kind: Kind, value: unknown, place: Place): Written =>
  Effect.gen(function* () {
    const medium = yield* Effect.try({
      try: () => mediumOf(kind, value),
      catch: (thrown) =>
        new InvalidOption({ option: place.at, problem: thrown instanceof Error ? thrown.message : "is no medium" })
    })
    if (medium.kind !== kind || medium.source.from === "parts")
      return yield* refuse(place, `is ${medium.kind === kind ? "several media" : medium.kind}; it takes one ${kind}`)
    const remote = medium.source.from === "url" && /^https?:/i.test(medium.source.url)
    const bytes =
      remote || medium.source.from === "text"
        ? undefined
        : yield* Effect.mapError(
            readBytes(medium, { maxBytes: place.limits.maxBytes[kind] }),
            ({ media, problem }) => new MediaUnreadable({ media, problem, key: place.at })
          )
    return memberOf(medium, bytes)
  })

const writeArray = ({ bytes, dtype, shape }: NdArray): Pieces => [
  `"ndarray":{"buffer":"`,
  bytes,
  `","shape":${JSON.stringify(shape)},"dtype":${JSON.stringify(dtype)}}`
]

const writePlain = (type: PlainType, value: unknown, place: Place): Written => {
  const scalar = scalars[type]
  if (scalar !== undefined) {
    const [member, fits, what] = scalar
    return fits(value) ? Effect.succeed([`"${member}":${JSON.stringify(value)}`]) : refuse(place, `must be ${what}`)
  }
  const kind = media[type]
  if (kind !== undefined) return writeMedium(kind, value, place)
  if (type === "json") {
    const text = JSON.stringify(value)
    return text === undefined
      ? refuse(place, "must be plain data")
      : Effect.succeed([`"string_value":${JSON.stringify(text)}`])
  }
  if (type === "bytes")
    return value instanceof Uint8Array
      ? Effect.succeed([`"bytes_value":"`, value, `"`])
      : refuse(place, "must be a Uint8Array")
  if (typeof value !== "object" || value === null) return refuse(place, `must be an object for ${type}`)
  if (type === "ndarray") return Effect.succeed(writeArray(value as NdArray)) // as its type says
  if (type === "concept") return Effect.succeed([`"concepts":[${conceptOf(value)}]`])
  return refuse(place, `cannot be given as ${type}`)
}

const conceptOf = (value: { readonly id?: unknown; readonly name?: unknown; readonly score?: unknown }): string =>
  JSON.stringify({ id: value.id, name: value.name, value: value.score ?? 1 })

const writeList = (type: PlainType, value: unknown, place: Place): Written => {
  if (!Array.isArray(value)) return refuse(place, "must be a list")
  const items: ReadonlyArray<unknown> = value
  if (type === "concept")
    return Effect.succeed([`"concepts":[${items.map((item) => conceptOf(Object(item))).join(",")}]`])
  return Effect.map(
    Effect.forEach(items, (item, i) => writePlain(type, item, { ...place, at: `${place.at}[${i}]` })),
    (all) => fields(all.map((pieces) => [undefined, pieces]))
  )
}

const write = (type: MethodType, value: unknown, place: Place): Written => {
  if (typeof type === "string") {
    // the two forms that a text of this type has
    return type.endsWith("[]")
      ? writeList(type.slice(0, -2) as PlainType, value, place)
      : writePlain(type as PlainType, value, place)
  }
  if (typeof value !== "object" || value === null) return refuse(place, "must be an object")
  const given = value as Readonly<Record<string, unknown>>
  return Effect.map(
    Effect.forEach(Object.entries<MethodType>(type as Readonly<Record<string, MethodType>>), ([name, inner]) =>
      Effect.map(
        write(inner, given[name], { ...place, at: `${place.at}.${name}` }),
        (pieces) => [name, pieces] as const
      )
    ),
    fields
  )
}

/** The one input that carries a method's arguments. Says of each what is wrong with it, by its name. */
export const writeArguments = (
  method: Method,
  given: Readonly<Record<string, unknown>>,
  limits: Limits
): Effect.Effect<EncodedInput, InvalidOption | MediaUnreadable> =>
  Effect.gen(function* () {
    const unknown = Object.keys(given).find((name) => given[name] !== undefined && !Object.hasOwn(method.takes, name))
    if (unknown !== undefined)
      return yield* new InvalidOption({
        option: unknown,
        problem: `is no argument of ${method.name}; it takes ${Object.keys(method.takes).join(", ") || "none"}`
      })
    const parts: Array<readonly [string, Pieces]> = []
    for (const [name, type] of Object.entries(method.takes)) {
      const optional = typeof type === "string" && type.endsWith("?")
      if (given[name] === undefined && optional) continue
      if (given[name] === undefined)
        return yield* new InvalidOption({ option: name, problem: `is missing; ${method.name} needs it` })
      const plain = (optional ? type.slice(0, -1) : type) as MethodType // without its mark it is one
      parts.push([name, yield* write(plain, given[name], { limits, at: name })])
    }
    const pieces: Pieces = [
      `{"data":{"metadata":${JSON.stringify({ _method_name: method.name })},`,
      ...fields(parts),
      "}}"
    ]
    const sizeBytes = pieces.reduce(
      (sum, piece) => sum + (typeof piece === "string" ? utf8Length(piece) : base64Length(piece.byteLength)),
      0
    )
    return { pieces, sizeBytes }
  })
