import { assert, describe, it } from "@effect/vitest"
import { setField } from "../../src/wire/service/find-route.ts"
import { matchMethod, methods } from "../../src/wire/service/service.ts"
import { serviceSource } from "./protocol.ts"

interface Rpc {
  readonly request: string
  readonly response: string
  readonly requestStream: boolean
  readonly responseStream: boolean
  readonly http: ReadonlyArray<string>
}

/** The methods of the official definition, read from its text. */
const official = new Map<string, Rpc>()
for (const part of serviceSource.split(/^ {2}rpc /m).slice(1)) {
  const [, name = "", upStream, request = "", downStream, response = ""] =
    /^(\w+)\s*\((stream )?\.?([\w.]+)\)\s*returns\s*\((stream )?\.?([\w.]+)\)/.exec(part) ?? []
  official.set(name, {
    request: request.split(".").at(-1) ?? "",
    response: response.split(".").at(-1) ?? "",
    requestStream: upStream !== undefined,
    responseStream: downStream !== undefined,
    http: [...part.matchAll(/\b(get|post|put|patch|delete): "([^"]+)"/g)].map(
      ([, verb = "", path]) => `${verb.toUpperCase()} ${path}`
    )
  })
}

describe("methods agree with the official definition", () => {
  it("which has some three hundred", () => assert.isAbove(official.size, 280))
  it.each(methods.map((method) => [method.name, method] as const))(
    "%s is found by each of its paths, with the fields in them",
    (name, method) => {
      for (const { path, verb } of method.http) {
        const fields: Record<string, unknown> = {}
        const printed = path.map((part) => {
          if (!part.startsWith("{")) return part
          setField(fields, part.slice(1, -1), `the ${part}`)
          return `the ${part}`
        })
        const found = matchMethod(verb, printed)
        assert.strictEqual(found?.method.name, name)
        assert.deepStrictEqual(found?.fields, fields)
      }
    }
  )
})
