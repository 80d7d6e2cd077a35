/** A served engine for the samples of one language, and the pictures and the clip that the samples name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { engine } from "@sightline/engine"
import { flatGif } from "../../packages/engine/test/support/flat-gif.ts"
import { picture } from "../../packages/grpc/test/picture.ts"
import type { Values } from "./fill-in.ts"
import { type Concept, colors, generalModel, putGeneralModel } from "./general-model.ts"
import type { Endpoint } from "./run-sample.ts"

const key = "documents-key-of-thirty-two-chars"
const flat = (color: readonly [number, number, number]): Uint8Array => {
  const [red, green, blue] = color.map((fraction) => Math.round(fraction * 255))
  return picture(red ?? 0, green ?? 0, blue ?? 0)
}
/** Nine seconds, as long as the clip of the documents. */
const clip = flatGif(8, 8, 900)
/** The same in black; the color follows the head of the file. */
const blackClip = clip.with(13, 0).with(14, 0).with(15, 0)

/** What the sample addresses give. */
const media: Readonly<Record<string, readonly [type: string, bytes: Uint8Array]>> = {
  "/metro-north.jpg": ["image/bmp", flat(colors.blue)],
  "/puppy.jpeg": ["image/bmp", picture(200, 160, 90)],
  "/wedding.jpg": ["image/bmp", picture(240, 240, 250)],
  "/beer.mp4": ["image/gif", clip]
}

const listening = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

/** A response of the engine, as the client of a sample got it. */
export interface Exchange {
  readonly request: string
  readonly http: number
  readonly body: unknown
}

/** An engine for samples. */
export interface SampleEngine extends AsyncDisposable {
  readonly endpoint: Endpoint
  readonly values: Omit<Values, "trainedVersion">
  /** The HTTP exchanges since the last call. */
  readonly takeExchanges: () => ReadonlyArray<Exchange>
  /** Asks the engine itself. */
  readonly get: (path: string) => Promise<unknown>
  /** Adds an input without the concept "charlie". */
  readonly addCounterexample: () => Promise<unknown>
}

/** Passes requests on and keeps the responses: some samples print nothing, whatever came. */
const recorder = (target: () => string, keep: (exchange: Exchange) => void): Server =>
  createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Array<Buffer> = []
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array)) // no encoding is set
      const { authorization = "" } = incoming.headers
      const response = await fetch(target() + (incoming.url ?? "/"), {
        method: incoming.method ?? "GET",
        headers: { authorization, "content-type": incoming.headers["content-type"] ?? "application/json" },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) })
      })
      const text = await response.text()
      keep({ request: `${incoming.method} ${incoming.url}`, http: response.status, body: JSON.parse(text) })
      outgoing.writeHead(response.status, { "content-type": "application/json" }).end(text)
    })()
  })

/** Starts everything on free ports of this machine. */
export const openSampleEngine = async (
  conceptsOf: Readonly<Record<keyof typeof colors, ReadonlyArray<Concept>>>
): Promise<SampleEngine> => {
  const folder = mkdtempSync(join(tmpdir(), "documents-"))
  const directory = join(folder, "engine")
  mkdirSync(directory)
  putGeneralModel(join(directory, "models"), conceptsOf)
  const mediaServer = createServer((request, response) => {
    const [type, bytes] = media[request.url ?? ""] ?? ["text/plain", new Uint8Array()]
    response.writeHead(bytes.length === 0 ? 404 : 200, { "content-type": type }).end(bytes)
  })
  const mediaUrl = await listening(mediaServer)
  const local = engine({
    directory,
    embedder: "fast",
    workers: 1,
    key,
    allowUrls: [new URL(mediaUrl).host],
    frameTimes: "start", // as the service did when the documents were written
    limits: { modelTimeoutMs: 60_000, decodeTimeoutMs: 30_000 }
  })
  const served = await local.serve({ grpc: true })
  let exchanges: Array<Exchange> = []
  const proxy = recorder(
    () => served.url,
    (exchange) => exchanges.push(exchange)
  )
  const url = await listening(proxy)
  const scratch = join(folder, "scratch")
  mkdirSync(scratch)
  const put = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(scratch, name), bytes)
    return join(scratch, name)
  }
  const green = flat(colors.green)
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: `Key ${key}`, "content-type": "application/json" }
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(served.url + path, { headers, ...sent })
    return response.json()
  }
  return {
    endpoint: { url, grpcAddress: served.grpcAddress, key, folder: scratch },
    values: {
      url,
      key,
      media: mediaUrl,
      generalModel,
      imageFile: put("image.bmp", green),
      videoFile: put("clip.gif", blackClip),
      imageBase64: Buffer.from(green).toString("base64"),
      videoBase64: Buffer.from(blackClip).toString("base64")
    },
    takeExchanges: () => {
      const taken = exchanges
      exchanges = []
      return taken
    },
    get: (path) => ask(path),
    addCounterexample: () =>
      ask("/v2/inputs", {
        inputs: [{ data: { image: { url: `${mediaUrl}/wedding.jpg` }, concepts: [{ id: "charlie", value: 0 }] } }]
      }),
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      mediaServer.closeAllConnections()
      proxy.close()
      mediaServer.close()
      await local[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
