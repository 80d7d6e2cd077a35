import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { InvalidRequest, MalformedAnswer, RateLimited, ServiceFailed, Unreachable } from "../../src/errors/errors.ts"
import { Secrets } from "../../src/errors/secrets.ts"
import { failedCall, failsWith, type ParsedCall, parseOutputs } from "../../src/predict/parse-outputs.ts"
import { callInput, endpointOf, outputOf, responseOf } from "./inputs.ts"

const endpoint = endpointOf()
const inputs = ["a", "b"].map((id) => callInput(`https://x.test/${id}.jpg`, id))
/** The first concept of each item, or the tag of its error. */
const summary = ({ items }: ParsedCall) =>
  items.map((item) => (Result.isSuccess(item) ? item.success.data?.concepts?.[0]?.name : item.failure._tag))
const errorOf = ({ items }: ParsedCall, at = 0) => {
  const item = items[at]
  assert(item !== undefined && Result.isFailure(item))
  return item.failure
}

describe("an answered call", () => {
  it("gives each input its output", () => {
    const parsed = parseOutputs(
      endpoint,
      inputs,
      responseOf([outputOf({ id: "a" }, "cat"), outputOf({ id: "b" }, "dog")])
    )
    assert.deepStrictEqual(summary(parsed), ["cat", "dog"])
    assert.deepInclude(parsed, { requestId: "r1", refused: false, itemised: true })
  })
  it("reads the results of a workflow where those are", () => {
    const workflow = endpointOf({ service: "workflow" })
    const answered = responseOf([outputOf({ id: "a" }, "cat")], 10000, "results")
    assert.deepStrictEqual(summary(parseOutputs(workflow, inputs.slice(0, 1), answered)), ["cat"])
    assert.deepStrictEqual(
      summary(parseOutputs(endpoint, inputs.slice(0, 1), responseOf([outputOf({})], 10000, "results"))),
      ["MalformedAnswer"]
    )
  })
  it("gives no input the output of another", () => {
    const alone = parseOutputs(endpoint, inputs.slice(0, 1), responseOf([outputOf({ id: "theirs" })]))
    assert.deepStrictEqual(summary(alone), ["MalformedAnswer"])
    assert.include(errorOf(alone).message, "it has no output for this input")
    const batch = parseOutputs(endpoint, inputs, responseOf([outputOf({ id: "x" }), outputOf({ id: "b" }, "dog")]))
    assert.deepStrictEqual(summary(batch), ["MalformedAnswer", "dog"])
  })
  it("fails single inputs by the status of their outputs", () => {
    const parsed = parseOutputs(
      endpoint,
      inputs,
      responseOf([outputOf({ id: "a" }), outputOf({ id: "b" }, "", 30002)], 10010)
    )
    assert.deepStrictEqual(summary(parsed), ["cat", "InputRejected"])
    assert.deepInclude(errorOf(parsed, 1), { code: 30002, model: "m", requestId: "r1" })
    assert.isFalse(parsed.refused)
  })
  it("goes by its own status where outputs have none", () => {
    const bare = [{ data: {} }, { data: {} }]
    assert.deepStrictEqual(summary(parseOutputs(endpoint, inputs, responseOf(bare))), [undefined, undefined])
    assert.deepStrictEqual(summary(parseOutputs(endpoint, inputs, responseOf(bare, 11102))), [
      "InvalidRequest",
      "InvalidRequest"
    ])
  })
  it("says where an output is malformed", () => {
    const parsed = parseOutputs(endpoint, inputs, responseOf([outputOf({}), { data: { concepts: [{ value: "x" }] } }]))
    const error = errorOf(parsed, 1)
    assert.instanceOf(error, MalformedAnswer)
    assert.match(error.problem, /^outputs\[1\]\.data\.concepts\[0\]\.value: /)
  })
  it("keeps none of its outputs in the body that code may still refer to", () => {
    const outputs = [outputOf({}), outputOf({})]
    parseOutputs(endpoint, inputs, responseOf(outputs))
    assert.lengthOf(outputs, 0)
  })
  it("was refused where all of its inputs failed, unless its status is mixed", () => {
    const failed = () => [outputOf({}, "", 30002), outputOf({}, "", 30002)]
    assert.isTrue(parseOutputs(endpoint, inputs, responseOf(failed(), 10020)).refused)
    assert.isFalse(parseOutputs(endpoint, inputs, responseOf(failed(), 10010)).refused)
    assert.isFalse(parseOutputs(endpoint, inputs, responseOf(failed(), 10000)).refused)
    assert.isFalse(parseOutputs(endpoint, inputs, responseOf([outputOf({}), ...failed().slice(1)], 10020)).refused)
  })
  it("hides secrets that the service repeats", () => {
    const hidden = endpointOf({ hidden: new Secrets(["third-party-key"]) })
    const output = { status: { code: 30002, details: "with third-party-key" } }
    const parsed = parseOutputs(hidden, inputs.slice(0, 1), responseOf([output], 10010))
    assert.deepInclude(errorOf(parsed), { details: "with <redacted>" })
  })
})

describe("an answer without outputs", () => {
  it.each([undefined, [], "none", { 0: {} }])("that is good or mixed is malformed (%j)", (outputs) => {
    for (const code of [10000, 10010]) {
      const parsed = parseOutputs(endpoint, inputs, responseOf(outputs, code))
      assert.deepStrictEqual(summary(parsed), ["MalformedAnswer", "MalformedAnswer"])
      assert.include(errorOf(parsed).message, "it has no outputs")
      assert.deepInclude(parsed, { refused: false, itemised: false, requestId: "r1" })
    }
  })
  it("that is a failure fails each input with it, and was refused", () => {
    const parsed = parseOutputs(endpoint, inputs, { ...responseOf(undefined, 11005), retryAfterMs: 7 })
    assert.deepStrictEqual(summary(parsed), ["RateLimited", "RateLimited"])
    assert.deepInclude(errorOf(parsed), { retryAfterMs: 7 })
    assert.isTrue(parsed.refused)
    assert.isFalse(parsed.itemised)
  })
  it("has no request id where the service gave none", () => {
    const parsed = parseOutputs(endpoint, inputs, { ...responseOf(undefined), status: { code: 10000 } })
    assert.isUndefined(parsed.requestId)
    assert.notProperty(errorOf(parsed), "requestId")
  })
})

describe("a call without an answer", () => {
  it("fails each of its inputs, and was refused where its contents are at fault", () => {
    const refused = failedCall(new InvalidRequest({ requestId: "r2" }), 3)
    assert.deepStrictEqual(summary(refused), ["InvalidRequest", "InvalidRequest", "InvalidRequest"])
    assert.deepInclude(refused, { requestId: "r2", refused: true, itemised: false })
    const unsent = failedCall(new Unreachable({ reason: "", sent: false, cause: undefined }), 1)
    assert.deepInclude(unsent, { requestId: undefined, refused: false })
    assert.isFalse(failedCall(new ServiceFailed({}), 1).refused)
  })
})

it("a failed item is told from a good one, and from none", () => {
  const limited = Result.fail(new RateLimited({}))
  assert.isTrue(failsWith(limited, ({ _tag }) => _tag === "RateLimited"))
  assert.isFalse(failsWith(limited, () => false))
  assert.isFalse(failsWith(Result.succeed({}), () => true))
  assert.isFalse(failsWith(undefined, () => true))
})
