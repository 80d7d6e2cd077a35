// The service `clarifai.api.V2`: all methods that this library calls or serves, and how a request finds its method.
import * as appMethods from "./app-methods.ts"
import * as conceptMethods from "./concept-methods.ts"
import { routeFinder } from "./find-route.ts"
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

const findRoute = routeFinder(
  methods.flatMap((method) => method.http.map(({ path, verb }) => ({ verb, path, method })))
)

/** Finds the method of an HTTP request by its verb and the decoded parts of its path; undefined for other requests. */
export const matchMethod = (verb: string, parts: ReadonlyArray<string>): MethodMatch | undefined => {
  const found = findRoute(verb, parts)
  return found.route === undefined ? undefined : { method: found.route.method, fields: found.fields }
}
