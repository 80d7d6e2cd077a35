/** A service that answers live streams as a test says, and chains over it. */
import { assert } from "@effect/vitest"
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js"
import { Media, model, type Outcome, sightline, type StreamOptions } from "@sightline/core"
import { decodeBinary, encodeBinary } from "@sightline/core/protobuf"
import { MultiOutputResponseWire, type OutputWire, PostModelOutputsRequestWire } from "@sightline/core/wire"
import { grpc, type GrpcOptions } from "../src/index.ts"

export type Call = ServerDuplexStream<Uint8Array, Uint8Array>

/** A service on this machine that treats each call as `behave` does. */
export const serve = async (behave: (call: Call) => void) => {
  const server = new Server({ "grpc.max_receive_message_length": -1 })
  server.register(
    "/clarifai.api.V2/StreamModelOutputs",
    behave,
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
    "bidi"
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error)
    )
  })
  return { address: `127.0.0.1:${port}`, [Symbol.dispose]: () => server.forceShutdown() }
}

/** The output for a request of one text: the text in capitals. */
export const outputOf = (bytes: Uint8Array): OutputWire => {
  const decoded = decodeBinary(PostModelOutputsRequestWire, bytes)
  assert.isTrue(decoded.ok)
  const input = decoded.ok ? decoded.value.inputs[0] : undefined
  return {
    status: { code: 10000 },
    input: { id: input?.id ?? "" },
    data: { text: { raw: (input?.data?.text?.raw ?? "").toUpperCase() } }
  }
}
export const responseOf = (...outputs: ReadonlyArray<OutputWire>) =>
  encodeBinary(MultiOutputResponseWire, { status: { code: 10000 }, outputs })

/** Answers each message at once. */
export const echo = (call: Call) => {
  call.on("data", (bytes: Uint8Array) => call.write(responseOf(outputOf(bytes))))
  call.on("end", () => call.end())
}

export const llm = model({ id: "llm", task: "text-to-text" })
export const text = (raw: string) => new Media("text", { from: "text", text: raw })

export const over = (address: string, options: GrpcOptions = {}) =>
  grpc({ address, userId: "u", appId: "a", limits: { maxAttempts: 1 }, ...options })

/** What an outcome says: the answer's text, or the error's tag. */
export const tell = (outcome: Outcome<{ readonly text: string }, { readonly _tag: string }>) =>
  [outcome.index, outcome.ok ? outcome.value.text : outcome.error._tag] as const

/** The outcomes of a live stream over texts. */
export const collect = async (
  address: string,
  inputs: Iterable<string> | AsyncIterable<string>,
  options: StreamOptions = {}
) => {
  await using connection = over(address)
  async function* texts() {
    for await (const raw of inputs) yield text(raw)
  }
  const seen: Array<readonly [number, string]> = []
  for await (const outcome of sightline(connection)
    .inputs(texts())
    .predict(llm)
    .stream({ live: "wait", ...options }))
    seen.push(tell(outcome))
  return seen
}
