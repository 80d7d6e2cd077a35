/** Writing answers: proto3 JSON as the service prints it. */
import { float32 as shortestFloat32 } from "@sightline/core/wire"

/** Any value of an answer. Members that are `undefined` are not written. */
export type Wire = string | number | boolean | null | undefined | ReadonlyArray<Wire> | { readonly [key: string]: Wire }

/** One JSON object of an answer. */
export type WireObject = { readonly [key: string]: Wire }

const isDefault = (value: Wire): boolean => {
  if (value === undefined || value === null || value === 0 || value === "" || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === "object" && Object.keys(value).length === 0
}

/**
 * A message without its proto3 defaults: 0, "", false, empty lists and empty objects are left out,
 * except the members named in `always` (the protocol shows `Concept.value`, `BoundingBox.*` and the like at all times).
 */
export const message = (members: WireObject, ...always: ReadonlyArray<string>): WireObject =>
  Object.fromEntries(Object.entries(members).filter(([key, value]) => always.includes(key) || !isDefault(value)))

/**
 * The number whose shortest print is the shortest float32 print of `value`: 0.9989112, not 0.9989112257957458.
 * NaN and infinities, which JSON cannot hold, become 0.
 */
export const float32 = (value: number): number => {
  const single = shortestFloat32(value)
  return Number.isFinite(single) ? single : 0
}

const escapes: Readonly<Record<string, string>> = { "&": "\\u0026", "<": "\\u003c", ">": "\\u003e" }

/** The text of an answer; `&`, `<` and `>` are escaped as the service does, so that it is inert inside HTML. */
export const printJson = (value: WireObject): string =>
  JSON.stringify(value).replaceAll(/[&<>]/g, (character) => escapes[character] ?? character)
