/** Finds the route of an HTTP request by its verb and path. */
import type { HttpBinding } from "./rpc-method.ts"

/** A route, and the request fields that the path contains: text, or messages of text. */
export interface RouteMatch<Route> {
  readonly route: Route
  readonly fields: Readonly<Record<string, unknown>>
}

/** No route has this path, or those that have it have other verbs. */
export interface NoRoute {
  readonly route: undefined
  readonly pathExists: boolean
}

/**
 * A function that finds the route of a verb and the decoded parts of a path. Where several paths match, literal parts come
 * first, from the left: `inputs/status` is not the input with the id `status`.
 */
export const routeFinder = <Route extends HttpBinding>(
  routes: ReadonlyArray<Route>
): ((verb: string, parts: ReadonlyArray<string>) => RouteMatch<Route> | NoRoute) => {
  const byLength = Map.groupBy(routes.toSorted(literalsFirst), ({ path }) => path.length)
  return (verb, parts) => {
    let pathExists = false
    for (const route of byLength.get(parts.length) ?? []) {
      if (!matches(route.path, parts)) continue
      pathExists = true
      if (route.verb === verb) return { route, fields: fieldsIn(route.path, parts) }
    }
    return { route: undefined, pathExists }
  }
}

const isField = (part: string): boolean => part.startsWith("{")

const literalsFirst = (a: HttpBinding, b: HttpBinding): number => {
  const [first, second] = [rankOf(a.path), rankOf(b.path)]
  return first === second ? 0 : first < second ? -1 : 1
}

/** Sorts before others where a literal part comes earlier. */
const rankOf = (path: ReadonlyArray<string>): string => path.map((part) => (isField(part) ? "1" : "0")).join("")

const matches = (path: ReadonlyArray<string>, parts: ReadonlyArray<string>): boolean =>
  path.every((part, at) => isField(part) || part === parts[at])

const fieldsIn = (path: ReadonlyArray<string>, parts: ReadonlyArray<string>): Readonly<Record<string, unknown>> => {
  const fields: Record<string, unknown> = {}
  for (const [at, part] of path.entries()) if (isField(part)) setField(fields, part.slice(1, -1), parts[at])
  return fields
}

/** Sets a field by its dotted path, making the messages on the way. */
export const setField = (message: Record<string, unknown>, path: string, value: unknown): void => {
  const steps = path.split(".")
  const last = steps.pop() ?? ""
  let inner = message
  for (const step of steps) inner = (inner[step] ??= {}) as Record<string, unknown> // made by this line or of JSON
  inner[last] = value
}
