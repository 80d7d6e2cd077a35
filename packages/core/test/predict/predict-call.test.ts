import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { attachmentsOf } from "../../src/connection/attachments.ts"
import { Media } from "../../src/media/media.ts"
import { bodySize, type CallInput, makeCall } from "../../src/predict/predict-call.ts"
import { encodeInput } from "../../src/predict/request-body.ts"
import { runtimeOver } from "../call/runtime.ts"
import { callInput, endpointOf } from "./inputs.ts"

const { runtime } = runtimeOver(() => ({}))
const decoder = new TextDecoder()
const bytesInput = (bytes: Uint8Array): CallInput => ({
  encoded: encodeInput(new Media("image", { from: "bytes", bytes }), [bytes]),
  url: undefined
})
const jsonOf = (body: Uint8Array): unknown => JSON.parse(decoder.decode(body))

describe("a call of predictions", () => {
  it("has its inputs, its options and where it goes", () => {
    const endpoint = endpointOf({ options: { top: 2 }, secrets: ["key"] })
    const call = makeCall(runtime, endpoint, [
      callInput("https://x.test/ü.jpg", "a"),
      bytesInput(Uint8Array.of(1, 2, 3))
    ])
    assert.deepStrictEqual(jsonOf(call.body), {
      inputs: [{ id: "a", data: { image: { url: "https://x.test/ü.jpg" } } }, { data: { image: { base64: "AQID" } } }],
      model: { model_version: { output_info: { output_config: { max_concepts: 2 } } } }
    })
    assert.deepInclude(call, {
      method: "POST",
      intent: "prediction",
      path: "/v2/models/m/outputs",
      model: "m",
      secrets: ["key"],
      timeoutMs: 60_000
    })
  })
  it("has longer for a video", () => {
    assert.strictEqual(makeCall(runtime, endpointOf({ kind: "video" }), []).timeoutMs, 600_000)
  })
  it("has a body of exactly the size that a plan tells", () => {
    const input = fc.oneof(
      fc.string().map((name) => callInput(`https://x.test/${name}`)),
      fc.uint8Array({ maxLength: 10 }).map(bytesInput)
    )
    fc.assert(
      fc.property(fc.array(input, { maxLength: 5 }), fc.boolean(), (inputs, withOptions) => {
        const endpoint = endpointOf(withOptions ? { options: { language: "日本" } } : {})
        const { body } = makeCall(runtime, endpoint, inputs)
        assert.strictEqual(body.byteLength, bodySize(endpoint, inputs))
        assert.lengthOf((jsonOf(body) as { readonly inputs: ReadonlyArray<unknown> }).inputs, inputs.length)
      })
    )
  })
  it("is written into memory that is used again", () => {
    const taken: Array<number> = []
    const memory = {
      take: (size: number) => {
        taken.push(size)
        return new Uint8Array(new ArrayBuffer(1000), 0, size)
      },
      giveBack: () => {}
    }
    const inputs = [callInput("https://x.test/a.jpg")]
    const { body } = makeCall(runtime, endpointOf(), inputs, memory)
    assert.deepStrictEqual(taken, [bodySize(endpointOf(), inputs)])
    assert.strictEqual(body.buffer.byteLength, 1000)
    assert.property(jsonOf(body), "inputs")
  })
  it("leaves bytes as they are for a connection that takes them beside the JSON", () => {
    const { runtime: attaching } = runtimeOver(() => ({}), { connection: { takesAttachments: true } })
    const bytes = Uint8Array.of(1, 2, 3)
    const { body } = makeCall(attaching, endpointOf(), [callInput("https://x.test/a.jpg"), bytesInput(bytes)])
    assert.deepStrictEqual(attachmentsOf(body), [bytes])
    assert.notInclude(decoder.decode(body), "AQID")
    assert.deepNestedInclude(jsonOf(body), { "inputs[1].data.image.base64": "@0" })
  })
})
