import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { credentials, Metadata, makeGenericClientConstructor, status as grpcStatus } from "@grpc/grpc-js"
import { engine } from "@sightline/engine"
import { picture } from "./picture.ts"

// The official client: its generated messages and its service, over its own copy of grpc-js.
const entry = createRequire(import.meta.url).resolve("clarifai-nodejs-grpc")
const require = createRequire(entry)
const proto = join(dirname(dirname(entry)), "proto/clarifai/api")
/** What the tests read of responses; the generated code has no types for it. */
interface Answer {
  readonly status: { readonly code: number }
  readonly counts: { readonly processed: number }
  readonly model: { readonly modelVersion: { readonly id: string } }
  readonly modelVersion: { readonly status: { readonly code: number } }
  readonly modelsList: ReadonlyArray<{ readonly id: string }>
  readonly outputsList: ReadonlyArray<{
    readonly data: { readonly conceptsList: ReadonlyArray<{ readonly id: string }> }
  }>
}
interface Message {
  readonly toObject: () => Answer
}
interface StreamCall {
  readonly on: (event: string, listener: (value: Message) => void) => void
  readonly write: (request: unknown) => void
  readonly end: () => void
}
type Callback = (error: { readonly code: number; readonly message: string } | null, response: Message) => void
interface Stub {
  readonly [method: string]: (request: unknown, metadata: unknown, callback?: Callback) => StreamCall
}
const messages = require(join(proto, "service_pb.js"))
const resources = require(join(proto, "resources_pb.js"))
const { V2Client } = require(join(proto, "service_grpc_pb.js"))
const theirs = require("@grpc/grpc-js")

const directory = mkdtempSync(join(tmpdir(), "sightline-grpc-"))
const local = engine({ directory, key: "secret" })
let stub: Stub
let address = ""
beforeAll(async () => {
  address = (await local.serve({ grpc: true })).grpcAddress
  stub = new V2Client(address, theirs.credentials.createInsecure())
})
afterAll(async () => {
  await local[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

const metadata = (key = "Key secret") => {
  const made = new theirs.Metadata()
  made.set("authorization", key)
  return made
}
const call = (method: string, request: unknown, key?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    stub[method]?.(request, metadata(key), (error: unknown, response: Message) =>
      error === null ? resolve(response.toObject()) : reject(error)
    )
  })
const firstConcept = (output: Answer["outputsList"][number]) => output.data.conceptsList[0]?.id

const owner = () => new resources.UserAppIDSet().setUserId("me").setAppId("theirs")
const inputOf = (bytes: Uint8Array, concept?: string) => {
  const data = new resources.Data().setImage(new resources.Image().setBase64(bytes))
  if (concept !== undefined) data.addConcepts(new resources.Concept().setId(concept).setValue(1))
  return new resources.Input().setData(data)
}
const predictRequest = (...pictures: ReadonlyArray<Uint8Array>) =>
  new messages.PostModelOutputsRequest()
    .setUserAppId(owner())
    .setModelId("colors")
    .setInputsList(pictures.map((bytes) => inputOf(bytes)))

describe("the official Node client drives the engine over gRPC", () => {
  it("through the life of a custom model", async () => {
    const examples = Array.from({ length: 6 }, (_, at) =>
      at % 2 === 0 ? inputOf(picture(250 - at, 10, 10), "red") : inputOf(picture(10, 10, 250 - at), "blue")
    )
    const added = await call(
      "postInputs",
      new messages.PostInputsRequest().setUserAppId(owner()).setInputsList(examples)
    )
    assert.strictEqual(added.status.code, 10000, JSON.stringify(added.status))
    for (let tries = 0; ; tries++) {
      const { counts } = await call("getInputCount", new messages.GetInputCountRequest().setUserAppId(owner()))
      if (counts.processed === 6) break
      assert.isBelow(tries, 100)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const concepts = ["red", "blue"].map((id) => new resources.Concept().setId(id).setValue(1))
    const info = new resources.OutputInfo().setData(new resources.Data().setConceptsList(concepts))
    const model = new resources.Model().setId("colors").setOutputInfo(info)
    const made = await call("postModels", new messages.PostModelsRequest().setUserAppId(owner()).setModelsList([model]))
    assert.strictEqual(made.status.code, 10000, JSON.stringify(made.status))
    const trained = await call(
      "postModelVersions",
      new messages.PostModelVersionsRequest().setUserAppId(owner()).setModelId("colors")
    )
    const versionId: string = trained.model.modelVersion.id
    for (let tries = 0; ; tries++) {
      const read = new messages.GetModelVersionRequest()
        .setUserAppId(owner())
        .setModelId("colors")
        .setVersionId(versionId)
      const { code } = (await call("getModelVersion", read)).modelVersion.status
      if (code === 21100) break
      assert.include([21101, 21103], code)
      assert.isBelow(tries, 100)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const predicted = await call("postModelOutputs", predictRequest(picture(240, 20, 20), picture(20, 20, 240)))
    assert.strictEqual(predicted.status.code, 10000)
    assert.deepStrictEqual(predicted.outputsList.map(firstConcept), ["red", "blue"])
    const listed = await call("listModels", new messages.ListModelsRequest().setUserAppId(owner()).setPerPage(10))
    assert.include(
      listed.modelsList.map(({ id }) => id),
      "colors"
    )
  })
  it("in predictions that stream one way and both ways", async () => {
    const streamed: Array<Answer> = []
    await new Promise<void>((resolve, reject) => {
      const responses = stub["generateModelOutputs"]?.(predictRequest(picture(240, 20, 20)), metadata())
      responses?.on("data", (message: Message) => streamed.push(message.toObject()))
      responses?.on("end", () => resolve())
      responses?.on("error", reject)
    })
    assert.strictEqual(streamed[0]?.outputsList.map(firstConcept)[0], "red")
    const both: Array<Answer> = []
    await new Promise<void>((resolve, reject) => {
      const stream = stub["streamModelOutputs"]?.(metadata(), undefined)
      stream?.on("data", (message: Message) => {
        both.push(message.toObject())
        if (both.length === 1) {
          stream?.write(predictRequest(picture(20, 20, 240)))
          stream?.end()
        }
      })
      stream?.on("end", () => resolve())
      stream?.on("error", reject)
      stream?.write(predictRequest(picture(240, 20, 20)))
    })
    assert.deepStrictEqual(
      both.flatMap(({ outputsList }) => outputsList.map(firstConcept)),
      ["red", "blue"]
    )
  })
  it("to the end of the model, which is gone afterwards", async () => {
    const request = () => new messages.DeleteModelRequest().setUserAppId(owner()).setModelId("colors")
    assert.strictEqual((await call("deleteModel", request())).status.code, 10000)
    const gone = await call("postModelOutputs", predictRequest(picture(240, 20, 20)))
    assert.strictEqual(gone.status.code, 21200)
    const listed = await call("listModels", new messages.ListModelsRequest().setUserAppId(owner()).setPerPage(10))
    assert.notInclude(
      listed.modelsList.map(({ id }) => id),
      "colors"
    )
  })
  it("and is told of a wrong key, an unknown method and garbage", async () => {
    const denied = await call("listModels", new messages.ListModelsRequest().setUserAppId(owner()), "Key other")
    assert.strictEqual(denied.status.code, 11009)
    const unknown = await call("listKeys", new messages.ListKeysRequest()).catch((error: unknown) => error)
    assert.strictEqual((unknown as { readonly code: number }).code, grpcStatus.UNIMPLEMENTED)
    const Raw = makeGenericClientConstructor(
      {
        send: {
          path: "/clarifai.api.V2/PostInputs",
          requestStream: false,
          responseStream: false,
          requestSerialize: (bytes: Buffer) => bytes,
          requestDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes
        }
      },
      "Raw"
    )
    const raw = new Raw(address, credentials.createInsecure())
    const send = (bytes: Buffer, key: string) =>
      new Promise<number>((resolve) => {
        const sent = new Metadata()
        sent.set("authorization", key)
        raw["send"]?.(bytes, sent, (error: { readonly code: number } | null) => resolve(error?.code ?? -1))
      })
    assert.strictEqual(await send(Buffer.from([7, 7, 7]), "Key secret"), grpcStatus.INVALID_ARGUMENT)
    // a stranger is told that it is one, before anything of its message is read
    assert.strictEqual(await send(Buffer.from([7, 7, 7]), "Key other"), -1)
    raw.close()
    const after = await call("listModels", new messages.ListModelsRequest().setUserAppId(owner()))
    assert.strictEqual(after.status.code, 10000)
  })
})
