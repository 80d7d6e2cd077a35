/** Folder `other-clients`: clients of other people drive the engine over gRPC through the whole life of a custom model. */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { engine } from "@sightline/engine"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { picture } from "../../packages/grpc/test/picture.ts"
import { hasPython, pythonPrelude, removeDescriptors } from "../documents/python-client.ts"

const key = "clients-key-of-thirty-two-chars--"
const directory = mkdtempSync(join(tmpdir(), "other-clients-"))
const local = engine({ directory: join(directory, "engine"), embedder: "fast", workers: 1, key })
let grpcAddress = ""
let url = ""
beforeAll(async () => {
  const served = await local.serve({ grpc: true })
  grpcAddress = served.grpcAddress
  url = served.url
})
afterAll(async () => {
  await local[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
  removeDescriptors()
})

describe.skipIf(!hasPython())("Python's gRPC", () => {
  it("drives a custom model through its whole life, with every kind of prediction", { timeout: 120_000 }, async () => {
    const program = readFileSync(join(import.meta.dirname, "life-of-a-model.py"), "utf8")
    const file = join(directory, "life.py")
    writeFileSync(file, pythonPrelude({ grpcAddress, key }) + program)
    const child = spawn("/usr/bin/python3", [file], { timeout: 100_000, killSignal: "SIGKILL" })
    let [stdout, stderr] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    const code = await new Promise((done) => child.once("close", done))
    assert.strictEqual(code, 0, stderr)
    const told: unknown = JSON.parse(`[${stdout.trim().replaceAll("\n", ",")}]`)
    assert.deepStrictEqual<unknown>(told, [
      ["unary", ["red", "blue"]],
      ["server stream", [["red"]]],
      ["both ways", [["red"], ["blue"], ["red"]]],
      ["listed", true],
      ["after its end", 21_200],
      ["a stranger", 11_009],
      ["not served", "UNIMPLEMENTED"]
    ])
  })
})

/** What the test uses of `clarifai-nodejs` 0.4.0. */
interface Output {
  readonly data: { readonly conceptsList: ReadonlyArray<{ readonly id: string }> }
}
interface AuthConfig {
  readonly userId: string
  readonly appId: string
  readonly pat: string
  readonly base: string
  readonly ui: string
}
interface TheirInputs {
  readonly uploadInputs: (options: {
    readonly inputs: ReadonlyArray<object>
    readonly showLog: boolean
  }) => Promise<string>
}
interface TheirApp {
  readonly createModel: (options: {
    readonly modelId: string
    readonly params: object
  }) => Promise<{ readonly id: string }>
  readonly listModels: () => AsyncIterable<ReadonlyArray<{ readonly id: string }>>
  readonly deleteModel: (options: { readonly modelId: string }) => Promise<void>
}
interface TheirModel {
  readonly createVersion: (version: object) => Promise<{ readonly modelVersion?: { readonly id: string } } | undefined>
  readonly predictByBytes: (options: object) => Promise<ReadonlyArray<Output>>
  readonly predictByFilepath: (options: object) => Promise<ReadonlyArray<Output>>
  readonly predict: (options: { readonly inputs: ReadonlyArray<object> }) => Promise<ReadonlyArray<Output>>
}
interface TheirClient {
  readonly Input: (new (options: { readonly authConfig: AuthConfig }) => TheirInputs) & {
    readonly getInputFromBytes: (options: object) => object
  }
  readonly App: new (options: { readonly authConfig: AuthConfig }) => TheirApp
  readonly Model: new (options: { readonly modelId: string; readonly authConfig: AuthConfig }) => TheirModel
}

const peers = resolve(import.meta.dirname, "../../bench/peers")
const isInstalled = existsSync(join(peers, "node_modules/clarifai-nodejs"))
if (!isInstalled) console.warn("skipped: clarifai-nodejs is not installed (run pnpm install in bench/peers)")

describe.skipIf(!isInstalled)("clarifai-nodejs 0.4.0", () => {
  it("adds inputs, creates, trains, predicts with, lists and deletes a model", { timeout: 120_000 }, async () => {
    const require = createRequire(join(peers, "package.json"))
    const { App, Input, Model }: TheirClient = require("clarifai-nodejs")
    const { ModelVersion }: { readonly ModelVersion: new () => object } = createRequire(
      require.resolve("clarifai-nodejs")
    )("clarifai-nodejs-grpc/proto/clarifai/api/resources_pb")
    const base = `http://${grpcAddress}`
    const authConfig: AuthConfig = { userId: "me", appId: "theirs", pat: key, base, ui: base }
    const examples = Array.from({ length: 6 }, (_, at) =>
      Input.getInputFromBytes({
        inputId: `example-${at}`,
        imageBytes: at % 2 === 0 ? picture(250 - at, 10, 10) : picture(10, 10, 250 - at),
        labels: [at % 2 === 0 ? "red" : "blue"]
      })
    )
    await new Input({ authConfig }).uploadInputs({ inputs: examples, showLog: false })
    const app = new App({ authConfig })
    const params = {
      outputInfo: { data: { conceptsList: ["red", "blue"].map((name) => ({ id: idOf(name), name, value: 1 })) } }
    }
    assert.strictEqual((await app.createModel({ modelId: "colors", params })).id, "colors")
    const model = new Model({ modelId: "colors", authConfig })
    const version = (await model.createVersion(new ModelVersion()))?.modelVersion?.id ?? ""
    await trained(version)

    const red = picture(240, 20, 20)
    const file = join(directory, "red.bmp")
    writeFileSync(file, red)
    const first = ([output]: ReadonlyArray<Output>) => output?.data.conceptsList[0]?.id
    assert.strictEqual(
      first(await model.predictByBytes({ inputBytes: Buffer.from(red), inputType: "image" })),
      idOf("red")
    )
    assert.strictEqual(first(await model.predictByFilepath({ filepath: file, inputType: "image" })), idOf("red"))
    const inputs = [red, picture(20, 20, 240)].map((imageBytes, at) =>
      Input.getInputFromBytes({ inputId: `asked-${at}`, imageBytes })
    )
    const outputs = await model.predict({ inputs })
    assert.deepStrictEqual(
      outputs.map((output) => first([output])),
      ["red", "blue"].map(idOf)
    )
    const listed: Array<string> = []
    for await (const page of app.listModels()) listed.push(...page.map(({ id }) => id))
    assert.include(listed, "colors")
    await app.deleteModel({ modelId: "colors" })
    const gone: unknown = await model.predict({ inputs }).catch((error: unknown) => error)
    assert.instanceOf(gone, Error)
  })
})

/** The id that the client gives the concept of a label. */
const idOf = (label: string): string => `id-${label}`

/** Waits until the version is trained. */
const trained = async (version: string): Promise<void> => {
  for (let tries = 0; tries < 600; tries++) {
    const path = `${url}/v2/users/me/apps/theirs/models/colors/versions/${version}`
    const response = await fetch(path, { headers: { authorization: `Key ${key}` } })
    const { model_version: read } = (await response.json()) as {
      readonly model_version: { readonly status: { readonly code: number } }
    }
    if (read.status.code === 21_100) return
    assert.include([21_101, 21_103], read.status.code, JSON.stringify(read.status))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error("the model is not trained")
}
