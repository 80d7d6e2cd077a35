// Service for grpc.ts, over gRPC and over HTTP: as many outputs as inputs, encoded before they are asked for. Prints both
// ports on stdout; ends when its stdin does.
import { Server, ServerCredentials } from "@grpc/grpc-js"
import { createServer } from "node:http"
import { encodeBinary } from "@sightline/core/protobuf"
import { encode, MultiOutputResponseWire } from "@sightline/core/wire"
import { hexId } from "./hex-id.ts"

const responseOf = (outputs: number): MultiOutputResponseWire => ({
  status: { code: 10000, description: "Ok", req_id: hexId(3) },
  outputs: Array.from({ length: outputs }, (_, i) => ({
    id: hexId(i),
    status: { code: 10000, description: "Ok" },
    created_at: "2026-05-01T10:00:00.123456789Z",
    model: { id: "general-image-recognition", app_id: "main", user_id: "clarifai" },
    data: {
      concepts: Array.from({ length: 20 }, (_, j) => ({
        id: `ai_${hexId(j).slice(0, 8)}`,
        name: `concept number ${j}`,
        value: Math.fround(1 - j / 21),
        app_id: "main"
      }))
    }
  }))
})

// A request of pictures says by its size how many it has, and one of URLs has 128: requests are not decoded.
const pictureBytes = 200_000
const pictureBase64Bytes = Math.ceil(pictureBytes / 3) * 4
const toPictures = Array.from({ length: 33 }, (_, pictures) => responseOf(pictures))
const binary = toPictures.map((response) => Buffer.from(encodeBinary(MultiOutputResponseWire, response)))
const json = toPictures.map((response) => JSON.stringify(encode(MultiOutputResponseWire, response)))
const toUrls = Buffer.from(encodeBinary(MultiOutputResponseWire, responseOf(128)))

const server = new Server({ "grpc.max_receive_message_length": -1 })
server.register(
  "/clarifai.api.V2/PostModelOutputs",
  (call: { readonly request: Buffer }, callback: (error: null, response: Buffer | undefined) => void) => {
    const pictures = Math.floor(call.request.length / pictureBytes)
    callback(null, pictures === 0 ? toUrls : binary[pictures])
  },
  (bytes: Buffer) => bytes,
  (bytes: Buffer) => bytes,
  "unary"
)
const grpcPort = await new Promise<number>((resolve, reject) => {
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error === null ? resolve(bound) : reject(error)
  )
})
const http = createServer((request, response) => {
  let length = 0
  request.on("data", (chunk: Buffer) => (length += chunk.length))
  request.on("end", () =>
    response.writeHead(200, { "content-type": "application/json" }).end(json[Math.floor(length / pictureBase64Bytes)])
  )
})
await new Promise<void>((resolve) => {
  http.listen(0, "127.0.0.1", resolve)
})
const address = http.address()
process.stdout.write(`${grpcPort} ${typeof address === "object" && address !== null ? address.port : 0}\n`)
process.stdin.on("end", () => process.exit(0)).resume()
