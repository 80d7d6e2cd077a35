import { assert, describe, it } from "@effect/vitest"
import { bindRequest, matchMethod, methods } from "../../src/wire/service/service.ts"
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
  it.each(methods.map((method) => [method.name, method] as const))("%s", (name, method) => {
    assert.deepStrictEqual(
      {
        request: method.request.name,
        response: method.response.name,
        requestStream: method.requestStream,
        responseStream: method.responseStream,
        http: method.http.map(({ path, verb }) => `${verb} /${path.join("/")}`)
      },
      official.get(name)
    )
  })
})

describe("an HTTP request stands for a method", () => {
  const match = (request: string) => {
    const [verb = "", path = ""] = request.split(" ")
    const found = matchMethod(verb, path.split("/").slice(1))
    return found && [found.method.name, found.fields]
  }
  it("and its path has fields of the request", () => {
    assert.deepStrictEqual<unknown>(match("POST /v2/users/u/apps/a/models/m/versions/v/outputs"), [
      "PostModelOutputs",
      { user_app_id: { user_id: "u", app_id: "a" }, model_id: "m", version_id: "v" }
    ])
    assert.deepStrictEqual<unknown>(match("POST /v2/users/u/deployments/d/outputs"), [
      "PostModelOutputs",
      { runner_selector: { deployment: { user_id: "u", id: "d" } } }
    ])
  })
  it("the one with most words where several have the form", () => {
    assert.deepStrictEqual<unknown>(match("GET /v2/inputs/status"), ["GetInputCount", {}])
    assert.deepStrictEqual<unknown>(match("GET /v2/inputs/i"), ["GetInput", { input_id: "i" }])
    assert.strictEqual(match("GET /v2/models/types")?.[0], "ListModelTypes")
  })
  it("or for none", () => {
    assert.isUndefined(match("GET /v2/nothing"))
    assert.isUndefined(match("PUT /v2/inputs"))
    assert.isUndefined(match("GET /v2/models/m/versions/v/exports/onnx"))
  })
  it.each(methods.map((method) => [method.name, method] as const))(
    "%s is found by what its request prints",
    (name, method) => {
      for (const { path, verb } of method.http) {
        const printed = path.map((part) => (part.startsWith("{") ? part.slice(1, -1).replaceAll(".", "-") : part))
        const found = matchMethod(verb, printed)
        // GetModelOutputInfo and others have paths that only their own fields tell from another method's.
        assert.strictEqual(found?.method.name, name)
        if (found !== undefined)
          assert.deepStrictEqual(bindRequest(found.method, found.fields), { verb, path: printed })
      }
    }
  )
  it("and a request without the ids that a path needs has no HTTP form", () => {
    const get = methods.find(({ name }) => name === "GetInput")
    assert.isDefined(get)
    if (get) assert.isUndefined(bindRequest(get, { user_app_id: { user_id: "u", app_id: "a" } }))
    if (get) assert.deepStrictEqual(bindRequest(get, { input_id: "i" })?.path, ["v2", "inputs", "i"])
  })
})
