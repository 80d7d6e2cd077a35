/** How HTTP requests become messages, and which handlers they reach. */
import { assert, describe, it } from "@effect/vitest"
import * as protobuf from "@sightline/core/protobuf"
import type { PostInputsRequestWire } from "@sightline/core/wire"
import { decodeHttp } from "../../src/http/read-request.ts"
import { locate, serviceOf } from "../../src/http/routes.ts"
import { WireError } from "../../src/protocol/wire-error.ts"
import { freshEngine } from "../support/fresh-engine.ts"

const decoded = (method: protobuf.Method, parts: { query?: string; body?: object; path?: object }) =>
  decodeHttp(method, {
    query: new URLSearchParams(parts.query),
    body: { ...parts.body },
    path: { ...parts.path }
  })

const failure = (run: () => unknown): WireError | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    assert.instanceOf(error, WireError)
    return error
  }
}

describe("a query", () => {
  it("has fields of fields by dotted names, lists by repeated names, and numbers as text", () => {
    const { request } = decoded(protobuf.ListInputs, {
      query: "page=2&per_page=&status.code=30000&ids=a&ids=b&user_app_id.app_id=one"
    })
    assert.deepStrictEqual(request, {
      page: 2,
      status: { code: 30000 },
      ids: ["a", "b"],
      user_app_id: { app_id: "one" }
    })
  })

  it("has no names but those of the method's message, so it cannot reach an object's prototype", () => {
    const query =
      "__proto__.polluted=1&constructor.prototype.polluted=1&user_app_id.__proto__.polluted=1&other=1&page.x=1"
    assert.deepStrictEqual(decoded(protobuf.ListInputs, { query }).request, { user_app_id: {} })
    assert.notProperty({}, "polluted")
  })

  it("comes after the body, which comes after the path, for the user and the app separately", () => {
    const parts = {
      query: "user_app_id.user_id=q&user_app_id.app_id=q",
      body: { user_app_id: { user_id: "b", app_id: "" }, concepts: [] },
      path: {}
    }
    const owner = (path: object) =>
      (decoded(protobuf.PostConcepts, { ...parts, path }).request as { readonly user_app_id: unknown }).user_app_id
    assert.deepStrictEqual(owner({}), { user_id: "b", app_id: "q" })
    assert.deepStrictEqual(owner({ user_app_id: { user_id: "p", app_id: "p" } }), { user_id: "p", app_id: "p" })
  })
})

describe("a malformed field", () => {
  it("of one input leaves its neighbors, and is named with what belongs there", () => {
    const body = { inputs: [{ id: "good" }, { id: "bad", data: { image: { url: {} } } }, { data: { concepts: [5] } }] }
    const { malformed, request } = decoded(protobuf.PostInputs, { body })
    const [good, bad, worse] = (request as PostInputsRequestWire).inputs
    assert.deepStrictEqual([good, bad, worse], [{ id: "good" }, { id: "bad" }, { id: "" }])
    assert.isUndefined(malformed.get(good))
    assert.deepInclude(malformed.get(bad), {
      code: 30104,
      details: "inputs[1].data.image.url: expected text, found an object"
    })
    assert.deepInclude(malformed.get(worse), {
      code: 30104,
      details: "inputs[2].data.concepts[0]: expected an object (Concept), found a number"
    })
  })

  it("of the request itself, or an input that is none, refuses the whole request", () => {
    const refused = (body: object) => failure(() => decoded(protobuf.PostInputs, { body }))
    assert.deepInclude(refused({ inputs: ["x"] }), {
      code: 11100,
      details: "inputs[0]: expected an object (Input), found text"
    })
    assert.deepInclude(refused({ user_app_id: 5 }), {
      code: 11100,
      details: "user_app_id: expected an object (UserAppIDSet), found a number"
    })
  })

  it("is also a number that is none, where a number counts something", async () => {
    await using local = freshEngine()
    assert.strictEqual((await local.ask("GET /v2/concepts?per_page=NaN&page=Infinity")).http, 200)
    const concepts = [{ id: "a", value: "NaN" }]
    const added = await local.ask("POST /v2/inputs", { inputs: [{ data: { text: { raw: "x" }, concepts } }] })
    assert.include(added.body.status.details, "inputs[0].data.concepts[0].value must be 1 (present) or 0 (absent)")
  })
})

describe("a path", () => {
  const served = [...serviceOf.values()].flatMap(({ method }) => method.http.map((http) => ({ method, http })))
  it.each(served.map(({ http, method }) => [`${http.verb} /${http.path.join("/")}`, method, http] as const))(
    "%s leads to its method with its fields",
    (_, method, http) => {
      const fields: Record<string, unknown> = {}
      const path = http.path.map((part, at) => {
        if (!part.startsWith("{")) return part
        protobuf.setField(fields, part.slice(1, -1), `value ${at}`)
        return encodeURIComponent(`value ${at}`)
      })
      const ofUser = http.path[2] === "{user_app_id.user_id}" && http.path[3] !== "apps"
      if (ofUser) {
        // Lists of all apps of a user are not served.
        assert.strictEqual(failure(() => locate(http.verb, path.join("/")))?.code, 11101)
        return
      }
      const located = locate(http.verb, path.join("/"))
      assert.strictEqual("service" in located.route && located.route.service.method.name, method.name)
      assert.deepStrictEqual(located.fields, fields)
    }
  )

  it("with a literal part is not one with an id there", () => {
    const nameOf = (line: string) => {
      const [verb = "", path = ""] = line.split(" ")
      const { route } = locate(verb, path)
      return "service" in route && route.service.method.name
    }
    assert.strictEqual(nameOf("GET /v2/inputs/status"), "GetInputCount")
    assert.strictEqual(nameOf("GET /v2/inputs/status2"), "GetInput")
    assert.strictEqual(nameOf("GET /v2/models/types"), "ListModelTypes")
    assert.strictEqual(nameOf("GET /v2/models/types/versions"), "GetModelType")
    assert.strictEqual(nameOf("GET /v2/users/me/apps/a/models/m/versions"), "ListModelVersions")
  })
})
