// The service `clarifai.api.V2`: all methods that this library calls or serves, and how a request finds its method.
import * as appMethods from "./app-methods.ts"
import * as conceptMethods from "./concept-methods.ts"
import * as inputMethods from "./input-methods.ts"
import type { Method } from "./rpc-method.ts"
import * as modelMethods from "./model-methods.ts"
import * as predictionMethods from "./prediction-methods.ts"

/** The service's name over gRPC. */
export const serviceName = "clarifai.api.V2"

/** All methods. */
export const methods: ReadonlyArray<Method> = Object.values({
  ...predictionMethods,
  ...inputMethods,
  ...conceptMethods,
  ...modelMethods,
  ...appMethods
})

/** A method, and the fields of its request that the path has. */
export interface MethodMatch {
  readonly method: Method
  readonly fields: Readonly<Record<string, unknown>>
}

/** Finds the method of an HTTP request by its verb and the decoded parts of its path; undefined for other requests. */
export const matchMethod = (verb: string, parts: ReadonlyArray<string>): MethodMatch | undefined => {
  let best: MethodMatch | undefined
  let literals = -1
  for (const method of methods)
    for (const binding of method.http) {
      if (binding.verb !== verb) continue
      const fields = matchPath(binding.path, parts)
      const own = binding.path.filter((part) => !part.startsWith("{")).length
      // `inputs/status` is not the input with the id `status`.
      if (fields !== undefined && own > literals) {
        best = { method, fields }
        literals = own
      }
    }
  return best
}

const matchPath = (
  path: ReadonlyArray<string>,
  parts: ReadonlyArray<string>
): Readonly<Record<string, unknown>> | undefined => {
  if (path.length !== parts.length) return undefined
  const fields: Record<string, unknown> = {}
  for (const [at, expected] of path.entries()) {
    const part = parts[at] ?? ""
    if (expected.startsWith("{")) setField(fields, expected.slice(1, -1), part)
    else if (expected !== part) return undefined
  }
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
