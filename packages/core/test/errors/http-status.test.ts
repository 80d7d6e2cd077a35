import { assert, describe, it } from "@effect/vitest"
import * as errors from "../../src/errors/errors.ts"
import { httpStatusOf, toResponse } from "../../src/status.ts"

describe("the HTTP status of an error", () => {
  it("is there for every error of a prediction, and says whose fault it is", () => {
    assert.strictEqual(httpStatusOf(new errors.InputRejected({ retryable: false })), 422)
    assert.strictEqual(httpStatusOf(new errors.Unauthorized({})), 502) // it is not the caller's credential
    assert.strictEqual(httpStatusOf(new errors.RateLimited({})), 429)
    assert.strictEqual(httpStatusOf(new errors.TimedOut({ what: "run", timeoutMs: 1 })), 504)
    const own = new Set(["NotConfigured", "PluginError", "SourceFailed", "StepFailed"])
    for (const tag of Object.keys(errors))
      assert.strictEqual(httpStatusOf({ _tag: tag }) === 500, own.has(tag), `${tag}: ${httpStatusOf({ _tag: tag })}`)
  })
  it.each([undefined, null, "text", new Error("a"), { _tag: 7 }, { _tag: "toString" }])("of %s is 500", (thrown) => {
    assert.strictEqual(httpStatusOf(thrown), 500)
  })
})

describe("the response of an error", () => {
  it("is a problem of RFC 9457 with what its caller can use", async () => {
    const response = toResponse(
      new errors.InputRejected({ retryable: false, index: 3, key: "k", details: "not a picture", requestId: "r" })
    )
    assert.strictEqual(response.status, 422)
    assert.strictEqual(response.headers.get("content-type"), "application/problem+json")
    const body = (await response.json()) as Readonly<Record<string, unknown>>
    assert.deepInclude(body, {
      status: 422,
      code: "InputRejected",
      retryable: false,
      index: 3,
      key: "k",
      requestId: "r"
    })
    assert.include(body["detail"], "not a picture")
  })
  it("asks for the wait that the service asked for", () => {
    const { headers } = toResponse(new errors.RateLimited({ retryAfterMs: 1200 }))
    assert.strictEqual(headers.get("retry-after"), "2")
  })
  it("shows nothing of this service or the one behind it", async () => {
    const cause = new Error("at 10.0.0.1")
    for (const error of [
      new errors.Unreachable({ origin: "http://10.0.0.1", reason: "ECONNREFUSED at 10.0.0.1", sent: false, cause }),
      new errors.NotConfigured({ setting: "10.0.0.1", problem: "10.0.0.1" }),
      cause
    ])
      assert.notInclude(await toResponse(error).text(), "10.0.0.1")
  })
  it.each(["/srv/private/42.jpg", "private/42.jpg", String.raw`C:\private\42.jpg`])(
    "names no file of this machine: %s",
    async (path) => {
      const error = new errors.MediaUnreadable({
        media: `image ${path}`,
        problem: `there is no file at ${path}`,
        key: path
      })
      const text = await toResponse(error).text()
      assert.notInclude(text, "42.jpg")
      assert.include(text, '"code":"MediaUnreadable"')
    }
  )
  it("names addresses and types of media, which the caller sent", async () => {
    const key = "https://example.com/pets/42.bmp"
    const error = new errors.InputRejected({ retryable: false, key, details: "image/bmp is not supported" })
    const body = (await toResponse(error).json()) as Readonly<Record<string, unknown>>
    assert.strictEqual(body["key"], key)
    assert.include(body["detail"], "image/bmp is not supported")
  })
})
