// Results on their way in: the part named `return`, or the data itself where there is but one value.
import { toConcepts } from "../results/concept.ts"
import { arrayAt, audioAt, bytesAt, imageAt, Unusable, videoAt } from "../results/output.ts"
import { toFrame, toRegion } from "../results/region.ts"
import type { DataWire } from "../wire/messages/data-messages.ts"
import type { Decoded } from "../wire/codec/decode-json.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import type { MethodType, PlainType, Result } from "./method-types.ts"

const missing = (path: string): never => {
  throw new Unusable(path, "expected a value, found nothing")
}

const jsonOf = (data: DataWire, path: string): unknown => {
  if (data.struct_value !== undefined) return data.struct_value
  if (data.string_value === undefined) return null
  try {
    return JSON.parse(data.string_value)
  } catch {
    throw new Unusable(`${path}.string_value`, "expected JSON, found other text")
  }
}

/** Each plain type from its data. What is the type's zero is left out on the runtime. */
const plain: { readonly [P in PlainType]: (data: DataWire, path: string) => Result<P> } = {
  str: (data) => data.string_value ?? data.text?.raw ?? "",
  int: (data) => data.int_value ?? 0,
  float: (data) => data.float_value ?? 0,
  bool: (data) => data.bool_value ?? false,
  bytes: (data, path) => bytesAt(data.bytes_value ?? "", `${path}.bytes_value`),
  json: (data, path) => jsonOf(data, path) as Result<"json">, // what JSON.parse gives
  text: (data) => data.text?.raw ?? data.string_value ?? "",
  image: (data, path) => imageAt(data.image ?? missing(`${path}.image`), `${path}.image`),
  audio: (data, path) => audioAt(data.audio ?? missing(`${path}.audio`), `${path}.audio`),
  video: (data, path) => videoAt(data.video ?? missing(`${path}.video`), `${path}.video`),
  ndarray: (data, path) => arrayAt(data.ndarray ?? missing(`${path}.ndarray`), `${path}.ndarray`),
  concept: (data, path) => toConcepts(data)[0] ?? missing(`${path}.concepts[0]`),
  region: (data, path) => toRegion(data.regions?.[0] ?? missing(`${path}.regions[0]`)),
  frame: (data, path) => toFrame(data.frames?.[0] ?? missing(`${path}.frames[0]`), 0)
}

const readList = (type: PlainType, data: DataWire, path: string): ReadonlyArray<unknown> => {
  if (type === "concept") return toConcepts(data)
  if (type === "region") return data.regions?.map(toRegion) ?? []
  if (type === "frame") return data.frames?.map(toFrame) ?? []
  return data.parts?.map((part, i) => plain[type](part.data ?? {}, `${path}.parts[${i}].data`)) ?? []
}

const read = (type: MethodType, data: DataWire, path: string): unknown => {
  if (typeof type === "string")
    return type.endsWith("[]")
      ? readList(type.slice(0, -2) as PlainType, data, path) // a list's name is its item's and this mark
      : plain[type as PlainType](data, path)
  const entries = Object.entries<MethodType>(type as Readonly<Record<string, MethodType>>)
  const values = entries.map(([name, inner], i) => {
    // a row's parts have their positions as ids
    const part = data.parts?.find(({ id }) => id === name) ?? (Array.isArray(type) ? data.parts?.[i] : undefined)
    return [name, read(inner, part?.data ?? {}, `${path}.parts[${name}].data`)] as const
  })
  return Array.isArray(type) ? values.map(([, value]) => value) : Object.fromEntries(values)
}

/** A method's result of that type, or what is wrong with it and where. */
export const readResult = <T extends MethodType>(type: T, output: OutputWire): Decoded<Result<T>> => {
  const { data = {} } = output
  const named = data.parts?.findIndex(({ id }) => id === "return") ?? -1
  // some services give a single value as the only part, without a name
  const alone = data.parts?.length === 1 && (data.parts[0]?.id ?? "") === "" && isPlain(type) ? 0 : -1
  const at = Math.max(named, alone)
  const found = data.parts?.[at]?.data
  try {
    const value = found === undefined ? read(type, data, "data") : read(type, found, `data.parts[${at}].data`)
    return { ok: true, value: value as Result<T> } // read by the type itself
  } catch (thrown) {
    if (thrown instanceof Unusable) return { ok: false, problem: thrown.problem }
    throw thrown
  }
}

const isPlain = (type: MethodType): boolean => typeof type === "string" && !type.endsWith("[]")
