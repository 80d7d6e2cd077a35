/** Compares the form of two JSON values. */

/** The paths of what `documented` has and `actual` has not, or has in another form. Values are not compared. */
export const formDifferences = (documented: unknown, actual: unknown, path = "$"): ReadonlyArray<string> => {
  if (documented === null) return [] // absent and null are the same to clients of the protocol
  if (Array.isArray(documented)) {
    if (!Array.isArray(actual)) return [`${path}: not a list`]
    if (documented.length > 0 && actual.length === 0) return [`${path}: empty`]
    return actual.slice(0, 1).flatMap((item, at) => formDifferences(documented[at], item, `${path}[${at}]`))
  }
  if (typeof documented !== "object")
    return typeof actual === typeof documented ? [] : [`${path}: ${typeof actual}, not ${typeof documented}`]
  if (typeof actual !== "object" || actual === null) return [`${path}: not an object`]
  const members = new Map(Object.entries(actual))
  return Object.entries(documented).flatMap(([name, value]) =>
    value === null || members.has(name)
      ? formDifferences(value, members.get(name), `${path}.${name}`)
      : [`${path}.${name}: missing`]
  )
}
