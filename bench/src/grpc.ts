// `pnpm bench grpc`: predictions over gRPC against the official client doing the same work, in one process and one run:
// responses of 128 outputs with 20 concepts each, and uploads of 32 images of 200 kB, these against our own HTTP too.
import { Server, ServerCredentials } from "@grpc/grpc-js"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { clarifai, models, sightline } from "@sightline/core"
import { encodeBinary } from "@sightline/core/protobuf"
import { encode, MultiOutputResponseWire } from "@sightline/core/wire"
import { grpc } from "@sightline/grpc"
import { asTable, median } from "./harness.ts"

const rounds = 40
const warmUp = 10
const hex = (n: number) => Array.from({ length: 32 }, (_, i) => ((n * 31 + i * 7) % 16).toString(16)).join("")
const responseOf = (outputs: number): MultiOutputResponseWire => ({
  status: { code: 10000, description: "Ok", req_id: hex(3) },
  outputs: Array.from({ length: outputs }, (_, i) => ({
    id: hex(i),
    status: { code: 10000, description: "Ok" },
    created_at: "2026-05-01T10:00:00.123456789Z",
    model: { id: "general-image-recognition", app_id: "main", user_id: "clarifai" },
    data: {
      concepts: Array.from({ length: 20 }, (_, j) => ({
        id: `ai_${hex(j).slice(0, 8)}`,
        name: `concept number ${j}`,
        value: Math.fround(1 - j / 21),
        app_id: "main"
      }))
    }
  }))
})
const large = responseOf(128)
const small = responseOf(32)
const [largeBytes, smallBytes] = [large, small].map((response) =>
  Buffer.from(encodeBinary(MultiOutputResponseWire, response))
)

const server = new Server({ "grpc.max_receive_message_length": -1 })
server.register(
  "/clarifai.api.V2/PostModelOutputs",
  (call: { readonly request: Buffer }, callback: (error: null, response: Buffer | undefined) => void) =>
    callback(null, call.request.length > 1e6 ? smallBytes : largeBytes),
  (bytes: Buffer) => bytes,
  (bytes: Buffer) => bytes,
  "unary"
)
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error)
  )
})
const smallJson = JSON.stringify(encode(MultiOutputResponseWire, small))
const http = createServer((request, response) => {
  request.on("data", () => {})
  request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(smallJson))
})
await new Promise<void>((resolve) => {
  http.listen(0, "127.0.0.1", resolve)
})
const address = http.address()
const httpPort = typeof address === "object" && address !== null ? address.port : 0

const entry = createRequire(import.meta.url).resolve("clarifai-nodejs-grpc")
const require = createRequire(entry)
const proto = join(dirname(dirname(entry)), "proto/clarifai/api")
const messages = require(join(proto, "service_pb.js"))
const resources = require(join(proto, "resources_pb.js"))
const { V2Client } = require(join(proto, "service_grpc_pb.js"))
const theirs = require("@grpc/grpc-js")
const limits = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 }
const stub = new V2Client(`127.0.0.1:${port}`, theirs.credentials.createInsecure(), limits)
const official = (inputs: ReadonlyArray<{ readonly url?: string; readonly bytes?: Uint8Array }>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const request = new messages.PostModelOutputsRequest()
      .setUserAppId(new resources.UserAppIDSet().setUserId("clarifai").setAppId("main"))
      .setModelId("general-image-recognition")
      .setInputsList(
        inputs.map(({ bytes, url }) => {
          const image = new resources.Image()
          if (url !== undefined) image.setUrl(url)
          if (bytes !== undefined) image.setBase64(bytes)
          return new resources.Input().setData(new resources.Data().setImage(image))
        })
      )
    const metadata = new theirs.Metadata()
    metadata.set("authorization", "Key k")
    stub.postModelOutputs(request, metadata, (error: unknown, response: { readonly toObject: () => unknown }) =>
      error === null ? resolve(response.toObject()) : reject(error)
    )
  })

const urls = Array.from({ length: 128 }, (_, i) => `https://example.invalid/${i}.jpg`)
const images = Array.from({ length: 32 }, (_, i) => new Uint8Array(200_000).fill(i + 1))
const ours = sightline(grpc({ address: `127.0.0.1:${port}`, pat: "k", rate: { perSecond: Infinity } }))
const overHttp = sightline(
  clarifai({ baseUrl: `http://127.0.0.1:${httpPort}`, pat: "k", rate: { perSecond: Infinity } })
)

const compare = async (title: string, contenders: Readonly<Record<string, () => Promise<unknown>>>) => {
  const names = Object.keys(contenders)
  const times = new Map(names.map((name) => [name, [] as Array<number>]))
  for (let round = -warmUp; round < rounds; round++)
    for (const [i] of names.entries()) {
      const name = names[(i + Math.abs(round)) % names.length] ?? ""
      const start = performance.now()
      await contenders[name]?.()
      if (round >= 0) times.get(name)?.push(performance.now() - start)
    }
  const base = median(times.get(names[0] ?? "") ?? [])
  console.log(
    asTable(
      title,
      [...times].map(([contender, runs]) => ({
        contender,
        medianMs: median(runs),
        ratio: median(runs) / base,
        peakRssMb: Math.round(process.memoryUsage().rss / 1e6),
        runsMs: runs
      }))
    )
  )
}

await compare("responses of 128 outputs × 20 concepts", {
  "clarifai-nodejs-grpc": () => official(urls.map((url) => ({ url }))),
  "Sightline over gRPC": () => ours.inputs(urls).predict(models.general).run()
})
await compare("uploads of 32 × 200 kB", {
  "Sightline over HTTP": () => overHttp.inputs(images).predict(models.general).run(),
  "Sightline over gRPC": () => ours.inputs(images).predict(models.general).run(),
  "clarifai-nodejs-grpc": () => official(images.map((bytes) => ({ bytes })))
})
server.forceShutdown()
http.close()
http.closeAllConnections()
process.exit(0)
