/** Writing answers: proto3 JSON as the service prints it. */

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

const smallestNormal = 2 ** -126

/**
 * The number whose shortest print is the shortest float32 print of `value`: 0.9989112, not 0.9989112257957458.
 * NaN and infinities, which JSON cannot hold, become 0.
 */
export const float32 = (value: number): number => {
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return 0
  if (Number.isInteger(single) && Math.abs(single) < 1e6) return single
  // Six digits always survive in a normal number; the tiniest ones hold fewer.
  for (let digits = Math.abs(single) < smallestNormal ? 1 : 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(9))
}

const escapes: Readonly<Record<string, string>> = { "&": "\\u0026", "<": "\\u003c", ">": "\\u003e" }

/** The text of an answer; `&`, `<` and `>` are escaped as the service does, so that it is inert inside HTML. */
export const printJson = (value: WireObject): string =>
  JSON.stringify(value).replaceAll(/[&<>]/g, (character) => escapes[character] ?? character)
