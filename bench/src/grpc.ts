// `pnpm bench grpc`: predictions over gRPC against the official client doing the same work, in one process and one run:
// responses of 128 outputs with 20 concepts each, and uploads of 32 images of 200 kB, these against our own HTTP too. The
// service is another process. Beside the time that passes, the processor time of the client: others disturb it less.
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { clarifai, models, sightline } from "@sightline/core"
import { grpc } from "@sightline/grpc"
import { asTable, here, median, startServer } from "./harness.ts"

const rounds = 40
const warmUp = 10
const server = await startServer(join(here, "grpc-server.ts"))
const [port, httpPort] = server.address.split(" ")

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

/** A run whose inputs all have their outputs. */
const whole = async (run: PromiseLike<ReadonlyArray<{ readonly ok: boolean }>>): Promise<void> => {
  const outcomes = await run
  if (!outcomes.every(({ ok }) => ok)) throw new Error("an input has no output")
}

const compare = async (title: string, contenders: Readonly<Record<string, () => Promise<unknown>>>) => {
  const names = Object.keys(contenders)
  const times = new Map(names.map((name) => [name, { passed: [] as Array<number>, processor: [] as Array<number> }]))
  for (let round = -warmUp; round < rounds; round++)
    for (const [i] of names.entries()) {
      const name = names[(i + Math.abs(round)) % names.length] ?? ""
      const before = process.cpuUsage()
      const start = performance.now()
      await contenders[name]?.()
      const passed = performance.now() - start
      const { system, user } = process.cpuUsage(before)
      if (round < 0) continue
      times.get(name)?.passed.push(passed)
      times.get(name)?.processor.push((system + user) / 1000)
    }
  for (const [of, suffix] of [
    ["passed", ""],
    ["processor", ", processor time of the client"]
  ] as const) {
    const base = median(times.get(names[0] ?? "")?.[of] ?? [])
    const rows = [...times].map(([contender, { [of]: runs }]) => ({
      contender,
      medianMs: median(runs),
      ratio: median(runs) / base,
      peakRssMb: Math.round(process.memoryUsage().rss / 1e6),
      runsMs: runs
    }))
    console.log(asTable(`${title}${suffix}`, rows))
  }
}

await compare("responses of 128 outputs × 20 concepts", {
  "clarifai-nodejs-grpc": () => official(urls.map((url) => ({ url }))),
  "Sightline over gRPC": () => whole(ours.inputs(urls).predict(models.general).run())
})
await compare("uploads of 32 × 200 kB", {
  "Sightline over HTTP": () => whole(overHttp.inputs(images).predict(models.general).run()),
  "Sightline over gRPC": () => whole(ours.inputs(images).predict(models.general).run()),
  "clarifai-nodejs-grpc": () => official(images.map((bytes) => ({ bytes })))
})
server.stop()
process.exit(0)
