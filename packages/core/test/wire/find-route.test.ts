import { assert, describe, it } from "@effect/vitest"
import { routeFinder } from "../../src/wire/service/find-route.ts"
import type { HttpBinding } from "../../src/wire/service/rpc-method.ts"

const route = (line: string): HttpBinding => {
  const [verb = "", path = ""] = line.split(" ")
  return { verb, path: path.split("/") }
}
const found = (lines: ReadonlyArray<string>, request: string) => {
  const { path, verb } = route(request)
  const match = routeFinder(lines.map(route))(verb, path)
  return match.route === undefined ? match.pathExists : [match.route.path.join("/"), match.fields]
}

describe("the route of a request", () => {
  it("has its verb and path, with the fields in the path", () => {
    const lines = ["GET v2/inputs", "POST v2/inputs", "GET v2/inputs/{input_id}"]
    assert.deepStrictEqual(found(lines, "GET v2/inputs"), ["v2/inputs", {}])
    assert.deepStrictEqual(found(lines, "GET v2/inputs/7"), ["v2/inputs/{input_id}", { input_id: "7" }])
  })
  it("puts the parts of a dotted field into one message", () => {
    const path = "v2/users/{user_app_id.user_id}/apps/{user_app_id.app_id}"
    const fields = { user_app_id: { user_id: "me", app_id: "mine" } }
    assert.deepStrictEqual(found([`GET ${path}`], "GET v2/users/me/apps/mine"), [path, fields])
  })
  it.each([
    ["GET in/status", "in/status"],
    ["GET in/other", "in/{id}"]
  ])("%s: a literal part comes before a field, whatever the order of the routes", (request, expected) => {
    const lines = ["GET in/{id}", "GET in/status"]
    assert.strictEqual([found(lines, request)].flat(1)[0], expected)
    assert.strictEqual([found(lines.toReversed(), request)].flat(1)[0], expected)
  })
  it("with more fields is taken where its literal part comes earlier", () => {
    const lines = ["GET {a}/b/c", "GET a/{b}/{c}"]
    assert.strictEqual([found(lines, "GET a/b/c")].flat(1)[0], "a/{b}/{c}")
    assert.strictEqual([found(lines.toReversed(), "GET a/b/c")].flat(1)[0], "a/{b}/{c}")
  })
  it("may be one with a field where the literal one has another verb", () => {
    assert.deepStrictEqual(found(["POST in/status", "GET in/{id}"], "GET in/status"), ["in/{id}", { id: "status" }])
  })
  it("is missing because of the path, or because of the verb alone", () => {
    const lines = ["GET v2/inputs/{input_id}"]
    assert.isFalse(found(lines, "GET v2/concepts/7"))
    assert.isFalse(found(lines, "GET v2/inputs"))
    assert.isFalse(found(lines, "GET v2/inputs/7/8"))
    assert.isTrue(found(lines, "DELETE v2/inputs/7"))
  })
})
