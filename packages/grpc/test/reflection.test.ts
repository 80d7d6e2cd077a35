import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Client, credentials, type GrpcObject, loadPackageDefinition, Metadata, status } from "@grpc/grpc-js"
import { engine } from "@sightline/engine"
import { picture } from "./picture.ts"

// A client of reflection that has nothing of ours: grpc-js with its own loader of definitions and descriptors.
const require = createRequire(createRequire(import.meta.url).resolve("@grpc/grpc-js"))
type Definition = Parameters<typeof loadPackageDefinition>[0]
interface Loader {
  readonly loadSync: (file: string, options: object) => Definition
  readonly loadFileDescriptorSetFromBuffer: (files: Buffer, options: object) => Definition
}
const loader: Loader = require("@grpc/proto-loader")

const directory = mkdtempSync(join(tmpdir(), "sightline-reflection-"))
const local = engine({ directory, key: "secret", embedder: "fast", workers: 1 })
let address = ""
beforeAll(async () => {
  address = (await local.serve({ grpc: true })).grpcAddress
})
afterAll(async () => {
  await local[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

/** The definition of reflection, as far as clients use it. */
const protocolOf = (version: string) => {
  const file = join(directory, `reflection-${version}.proto`)
  writeFileSync(
    file,
    `syntax = "proto3"; package grpc.reflection.${version};
    service ServerReflection { rpc ServerReflectionInfo(stream Request) returns (stream Response); }
    message Request { string host = 1; oneof message_request { string file_by_filename = 3;
      string file_containing_symbol = 4; Extension file_containing_extension = 5;
      string all_extension_numbers_of_type = 6; string list_services = 7; } }
    message Extension { string containing_type = 1; int32 extension_number = 2; }
    message Response { string valid_host = 1; Request original_request = 2; oneof message_response {
      Files file_descriptor_response = 4; Numbers all_extension_numbers_response = 5;
      Services list_services_response = 6; Failure error_response = 7; } }
    message Files { repeated bytes file_descriptor_proto = 1; }
    message Numbers { string base_type_name = 1; repeated int32 extension_number = 2; }
    message Services { repeated Service service = 1; }
    message Service { string name = 1; }
    message Failure { int32 error_code = 1; string error_message = 2; }`
  )
  return loader.loadSync(file, { keepCase: true })
}

interface Answer {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: ReadonlyArray<Buffer> }
  readonly list_services_response?: { readonly service: ReadonlyArray<{ readonly name: string }> }
  readonly all_extension_numbers_response?: { readonly base_type_name: string }
  readonly error_response?: { readonly error_code: number; readonly error_message: string }
  readonly original_request?: object
}
type Ask = (request: object) => Promise<Answer>

/** A member of a loaded package by its path. */
const at = (object: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, step) => (inner as GrpcObject)[step], object)

/** Asks all on one stream, one after another. */
const asking = async <A>(version: string, use: (ask: Ask) => Promise<A>): Promise<A> => {
  const Service = at(loadPackageDefinition(protocolOf(version)), `grpc.reflection.${version}.ServerReflection`) as new (
    ...of: ReadonlyArray<unknown>
  ) => Client & { ServerReflectionInfo: () => NodeJS.ReadWriteStream }
  const client = new Service(address, credentials.createInsecure())
  const call = client.ServerReflectionInfo()
  const answers: AsyncIterator<Answer> = call[Symbol.asyncIterator]() as AsyncIterator<never>
  try {
    return await use(async (request) => {
      call.write(request as never)
      const { value } = await answers.next()
      assert.deepStrictEqual(value.original_request, request)
      return value
    })
  } finally {
    call.end()
    client.close()
  }
}

/** A FileDescriptorSet: each file as field 1. */
const setOf = (files: ReadonlyArray<Buffer>): Buffer =>
  Buffer.concat(
    files.flatMap((file) => {
      const length: Array<number> = []
      for (let rest = file.length; ; rest >>>= 7) {
        length.push(rest > 127 ? (rest & 127) | 128 : rest)
        if (rest <= 127) break
      }
      return [Buffer.from([10, ...length]), file]
    })
  )

const definitionOf = async (ask: Ask, symbol: string): Promise<Definition> => {
  const { file_descriptor_response: found } = await ask({ file_containing_symbol: symbol })
  return loader.loadFileDescriptorSetFromBuffer(setOf(found?.file_descriptor_proto ?? []), { keepCase: true })
}

interface FieldType {
  readonly name: string
  readonly number: number
  readonly label: string
  readonly type: string
  readonly typeName: string
}
interface Rpc {
  readonly path: string
  readonly requestStream: boolean
  readonly responseStream: boolean
}
const fieldsOf = (definition: Definition, message: string): ReadonlyArray<FieldType> =>
  (at(definition[message], "type.field") ?? []) as ReadonlyArray<FieldType>

describe("reflection of an engine's gRPC server", () => {
  it.each(["v1", "v1alpha"])("lists its services and answers what it does not have, on one stream (%s)", (version) =>
    asking(version, async (ask) => {
      const { list_services_response: listed } = await ask({ list_services: "" })
      assert.deepStrictEqual(
        listed?.service.map(({ name }) => name),
        ["clarifai.api.V2", "grpc.health.v1.Health"]
      )
      for (const request of [
        { file_containing_symbol: "clarifai.api.NoSuch" },
        { file_by_filename: "no/such.proto" },
        { file_containing_extension: { containing_type: "clarifai.api.Concept", extension_number: 7 } },
        { all_extension_numbers_of_type: "clarifai.api.NoSuch" }
      ])
        assert.strictEqual((await ask(request)).error_response?.error_code, status.NOT_FOUND)
      assert.strictEqual((await ask({})).error_response?.error_code, status.INVALID_ARGUMENT)
      const none = await ask({ all_extension_numbers_of_type: "clarifai.api.Concept" })
      assert.strictEqual(none.all_extension_numbers_response?.base_type_name, "clarifai.api.Concept")
      const named = await ask({ file_by_filename: "google/protobuf/struct.proto" })
      assert.strictEqual(named.file_descriptor_response?.file_descriptor_proto.length, 1)
      const method = await ask({ file_containing_symbol: "clarifai.api.V2.PostModelOutputs" })
      const message = await ask({ file_containing_symbol: "clarifai.api.Concept" })
      assert.deepStrictEqual(method.file_descriptor_response, message.file_descriptor_response)
    })
  )
  it("is enough to call it by", async () => {
    const definition = await asking("v1", (ask) => definitionOf(ask, "clarifai.api.V2"))
    const Service = at(loadPackageDefinition(definition), "clarifai.api.V2") as new (
      ...of: ReadonlyArray<unknown>
    ) => Client & Record<string, (...of: ReadonlyArray<unknown>) => void>
    const client = new Service(address, credentials.createInsecure())
    const metadata = new Metadata()
    metadata.set("authorization", "Key secret")
    const call = (method: string, request: object) =>
      new Promise<unknown>((resolve, reject) => {
        client[method]?.(request, metadata, (error: unknown, response: unknown) =>
          error === null ? resolve(response) : reject(error)
        )
      })
    const user_app_id = { user_id: "me", app_id: "app" }
    const colours = ["red", "blue"]
    const inputOf = (at: number, ...concepts: ReadonlyArray<object>) => {
      const base64 = Buffer.from(at % 2 === 0 ? picture(250 - at, 10, 10) : picture(10, 10, 250 - at))
      return { data: { image: { base64 }, concepts } }
    }
    const until = async (isDone: () => Promise<boolean>) => {
      for (let tries = 0; !(await isDone()); tries++) {
        assert.isBelow(tries, 200)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    const examples = [0, 1, 2, 3, 4, 5].map((at) => inputOf(at, { id: colours[at % 2], value: 1 }))
    await call("PostInputs", { user_app_id, inputs: examples })
    await until(async () => at(await call("GetInputCount", { user_app_id }), "counts.processed") === 6)
    const output_info = { data: { concepts: colours.map((id) => ({ id, value: 1 })) } }
    await call("PostModels", { user_app_id, models: [{ id: "colours", output_info }] })
    const trained = await call("PostModelVersions", { user_app_id, model_id: "colours" })
    const version_id = at(trained, "model.model_version.id")
    await until(async () => {
      const got = await call("GetModelVersion", { user_app_id, model_id: "colours", version_id })
      return at(got, "model_version.status.code") === 21100
    })
    const predicted = await call("PostModelOutputs", { user_app_id, model_id: "colours", inputs: [inputOf(0)] })
    client.close()
    assert.strictEqual(at(predicted, "status.code"), 10000)
    assert.strictEqual(at(predicted, "outputs.0.data.concepts.0.id"), "red")
  })
  it("describes each message as the official definition does, with enums as numbers", async () => {
    const [service, health] = await asking("v1", async (ask) => [
      await definitionOf(ask, "clarifai.api.V2"),
      await definitionOf(ask, "grpc.health.v1.Health")
    ])
    assert.property(health, "grpc.health.v1.Health")
    // The definition imports annotations, which its package does not contain and which describe no message.
    mkdirSync(join(directory, "google/api"), { recursive: true })
    writeFileSync(join(directory, "google/api/annotations.proto"), `syntax = "proto3"; package google.api;`)
    const root = dirname(dirname(createRequire(import.meta.url).resolve("clarifai-nodejs-grpc")))
    const official = loader.loadSync("proto/clarifai/api/service.proto", {
      includeDirs: [root, directory],
      keepCase: true
    })
    /** Fields of older and of newer services, and one that was widened: the two are the same in the binary form. */
    const others = new Set(
      ["OutputConfig.closed_environment", "DeleteInputsRequest.delete_all"].concat(
        ["Status.http_status_code", "Output.cached_tokens"],
        "FrameInfo.time"
      )
    )
    const messages = Object.keys(service).filter((name) => /^clarifai\.api\.(status\.)?(?!V2$)[A-Z]\w+$/.test(name))
    assert.isAbove(messages.length, 150)
    for (const message of messages) {
      assert.property(official, message)
      const theirs = new Map(fieldsOf(official, message).map((field) => [field.name, field]))
      for (const { label, name, number, type, typeName } of fieldsOf(service, message)) {
        if (others.has(`${message.split(".").at(-1)}.${name}`)) continue
        const field = theirs.get(name)
        const isEnum = field?.type === "TYPE_ENUM"
        // Names of the entries of maps are each implementation's own.
        const typeOf = (full = "") => (typeName.endsWith("Entry") ? "" : full.split(".").at(-1))
        assert.deepStrictEqual(
          { name, number, label, type, typeName: typeOf(typeName) },
          {
            name,
            number: field?.number,
            label: field?.label,
            type: isEnum ? "TYPE_INT32" : field?.type,
            typeName: isEnum ? "" : typeOf(field?.typeName)
          },
          `${message}.${name}`
        )
      }
    }
    const methodsOf = (definition: Definition) =>
      Object.entries(Object(definition["clarifai.api.V2"])).map(([name, rpc]) => [name, rpc as Rpc] as const)
    const theirs = new Map(methodsOf(official))
    for (const [name, { path, requestStream, responseStream }] of methodsOf(service))
      assert.deepInclude(theirs.get(name), { path, requestStream, responseStream }, name)
  })
  it("ends the stream that sends anything else, and answers the next", async () => {
    const client = new Client(address, credentials.createInsecure())
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    const end = (bytes: Uint8Array) =>
      new Promise<unknown>((resolve) => {
        const call = client.makeBidiStreamRequest(
          path,
          (sent: Uint8Array) => Buffer.from(sent),
          (read: Buffer) => read,
          new Metadata()
        )
        call.on("error", ({ code }: { readonly code: number }) => resolve(code))
        call.on("data", () => resolve("an answer"))
        call.write(bytes)
      })
    assert.strictEqual(await end(Uint8Array.from([58, 200])), status.INVALID_ARGUMENT)
    assert.strictEqual(await end(new Uint8Array(100_000)), status.INVALID_ARGUMENT)
    assert.strictEqual(await end(Uint8Array.from([58, 0])), "an answer")
    client.close()
  })
})
