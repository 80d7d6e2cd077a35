import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { ParsedBody } from "../../src/call/attempt.ts"
import { parseResponse } from "../../src/call/parse-response.ts"
import type { CallError } from "../../src/errors/errors.ts"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"
import { prediction } from "./runtime.ts"

const raw = (text: string, more: Partial<ParsedBody> = {}): ParsedBody => ({
  httpStatus: 200,
  text,
  retryAfterMs: undefined,
  location: undefined,
  ...more
})
const parse = (body: ParsedBody, secrets = noSecrets) => parseResponse(body, prediction, secrets)
const parseText = (text: string, more: Partial<ParsedBody> = {}) => parse(raw(text, more))
/** The error that a body makes. */
const errorOf = (text: string, more: Partial<ParsedBody> = {}) => {
  const parsed = parseText(text, more)
  assert("_tag" in parsed)
  return parsed
}
const problemOf = (text: string, more: Partial<ParsedBody> = {}): string => {
  const error = errorOf(text, more)
  assert(error._tag === "MalformedAnswer")
  return error.problem
}

describe("a body with a status", () => {
  it("is parsed, whatever the status and the HTTP status", () => {
    for (const httpStatus of [200, 401, 503]) {
      const body = { status: { code: 11001, req_id: "r" }, outputs: [1], later: true }
      assert.deepStrictEqual(parseText(JSON.stringify(body), { httpStatus }), {
        status: { code: 11001, req_id: "r" },
        json: body
      })
    }
  })
  it("is the one that was read from its bytes, where it was", () => {
    const read = { value: { status: { code: 10000 } } }
    assert.deepInclude(parse(raw("not this", { read })), { status: { code: 10000 } })
  })
  it("without a number is malformed", () => {
    assert.strictEqual(problemOf(`{"status":{}}`), "its status has no number")
    assert.match(problemOf(`{"status":{"code":10000,"description":{}}}`), /^status\.description: /)
  })
})

describe("a body without a status", () => {
  it.each([
    ["null", `it is not JSON: the body begins with "null"`],
    ["[]", `it is not JSON: the body begins with "[]"`],
    ["7", `it is not JSON: the body begins with "7"`],
    ["  ", "it is not JSON: the body is empty"],
    ["{}", "it has no status"],
    [`{"status":null}`, "it has no status"],
    [`{"status":[]}`, "it has no status"],
    [`{"status":1,"message":5}`, "it has no status"],
    [`{"message":"no healthy upstream"}`, "no healthy upstream"],
    ["<html><title>Sign in</title></html>", `it is not JSON: a page with the title "Sign in"`],
    [`<TITLE class="a">Up</TITLE>`, `it is not JSON: a page with the title "Up"`],
    ["  hello  ", `it is not JSON: the body begins with "hello"`],
    ["\u0000\u0001PNG ü", "it is not JSON: the body is not text"],
    ["grüße", "it is not JSON: the body is not text"]
  ])("is malformed: %s", (text, problem) => {
    const found = problemOf(text)
    assert.isTrue(found === problem || (found.includes("<bytes>") && problem.endsWith("not text")), found)
  })
  it("shows no more than its beginning", () => {
    assert.strictEqual(
      problemOf(`text ${"and more ".repeat(50)}`),
      `it is not JSON: the body begins with ${JSON.stringify(`text ${"and more ".repeat(50)}`.slice(0, 60))}`
    )
  })
  it.each<[number, CallError["_tag"]]>([
    [401, "Unauthorized"],
    [404, "NotFound"],
    [429, "RateLimited"],
    [503, "ServiceUnavailable"],
    [502, "ServiceFailed"]
  ])("is the error of its HTTP status %i", (httpStatus, tag) => {
    const error = errorOf("<html>", { httpStatus, retryAfterMs: 9 })
    assert.deepInclude(error, { _tag: tag, model: "m", details: `it is not JSON: the body begins with "<html>"` })
    if ("retryAfterMs" in error) assert.strictEqual(error.retryAfterMs, 9)
  })
  it("of a redirect says where it points", () => {
    const error = errorOf("", { httpStatus: 302, location: "https://login.test/a" })
    assert.deepInclude(error, { details: "redirects are not followed; it points to https://login.test/a" })
  })
  it("with the gateway's own message is an invalid request at HTTP 400, and else by its status", () => {
    const text = `{"message":"bad field"}`
    assert.deepInclude(errorOf(text, { httpStatus: 400 }), { _tag: "InvalidRequest", details: "bad field", model: "m" })
    assert.deepInclude(errorOf(text, { httpStatus: 403 }), { _tag: "Forbidden", details: "bad field" })
    assert.strictEqual(errorOf("{}", { httpStatus: 400 })._tag, "MalformedAnswer")
  })
  it("shows no secret", () => {
    const secrets = new Secrets(["third-party-key"])
    for (const body of [
      raw("with third-party-key"),
      raw(`{"message":"with third-party-key"}`),
      raw("<title>third-party-key</title>"),
      raw("", { httpStatus: 302, location: "https://x.test/third-party-key" })
    ]) {
      const text = JSON.stringify(parse(body, secrets))
      assert.notInclude(text, "third-party-key")
      assert.include(text, "redacted")
    }
  })
})

it("the id of a request, which outcomes and events repeat, shows no secret", () => {
  const parsed = parse(raw(`{"status":{"code":10000,"req_id":"of third-party-key"}}`), new Secrets(["third-party-key"]))
  assert.strictEqual("_tag" in parsed ? undefined : parsed.status.req_id, "of <redacted>")
})

it("no body makes it throw", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.constantFrom("status", "message"), fc.jsonValue()).map((value) => JSON.stringify(value))
  )
  fc.assert(
    fc.property(text, fc.constantFrom(200, 302, 400, 404, 500), (body, httpStatus) => {
      const parsed = parseText(body, { httpStatus })
      assert.isTrue("_tag" in parsed || parsed.status.code !== 0)
    }),
    { numRuns: 300 }
  )
})
