/** The engine with a tiny model of every type that it serves, and a file server: for the samples of docs/cli.md. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { readFileSync } from "node:fs"
import { engine } from "@sightline/engine"
import {
  putClassifier,
  putDetector,
  putEmbedder,
  putListener,
  putSegmenter,
  putSpeaker,
  putTextClassifier,
  putTextEmbedder,
  putTextGenerator
} from "../../../engine/test/models/pretrained/tiny-models.ts"
import { putCaptioner } from "../../../engine/test/models/pretrained/tiny-image-models.ts"

/** A server on a loopback port. */
export const listen = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer(answer)
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo // TCP
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

/** Answers of the types that the engine does not serve: what the platform's models of these types answer. */
const answersOf = (model: string, parts: string): object | undefined => {
  if (model === "upscaler" || model === "painter") return { image: { base64: pixel, image_info: { format: "PNG" } } }
  if (model === "assistant") return { text: { raw: `an answer to ${parts}` } }
  return undefined
}

/** Starts the engine with its models, and in front of it a server that answers for the missing types. */
export const startSampleService = async (folder: string) => {
  const models = join(folder, "models")
  putClassifier(models, "classifier")
  putDetector(models, "detector")
  putSegmenter(models, "segmenter")
  putCaptioner(models, "captioner")
  putEmbedder(models, "embedder")
  putTextClassifier(models, "sentiment")
  putTextEmbedder(models, "text-embedder")
  putTextGenerator(models, "writer")
  putSpeaker(models, "speaker")
  putListener(models, "listener")
  const local = engine({ directory: join(folder, "engine"), models, allowUrls: true, embedder: "fast", workers: 1 })
  const served = await local.serve()
  const files = await listen((request, response) => {
    try {
      response.end(readFileSync(join(folder, new URL(request.url ?? "", "http://x").pathname)))
    } catch {
      response.writeHead(404).end()
    }
  })
  const front = await listen((request, response) => {
    void (async () => {
      const body = await bodyOf(request)
      const model = /models\/([^/]+)\/(?:versions\/[^/]+\/)?outputs/.exec(request.url ?? "")?.[1] ?? ""
      const text = body.toString("latin1")
      const answer = answersOf(model, /"raw":"([^"]*)"/.exec(text)?.[1] ?? "")
      if (answer !== undefined) {
        response.setHeader("content-type", "application/json")
        const outputs = [{ status: { code: 10000 }, data: answer }]
        return void response.end(JSON.stringify({ status: { code: 10000 }, outputs }))
      }
      const { method = "GET", url = "" } = request
      const forwarded = await fetch(served.url + url, {
        method,
        headers: { "content-type": "application/json" },
        ...(method === "GET" ? {} : { body: new Uint8Array(body) })
      })
      response.writeHead(forwarded.status, { "content-type": "application/json" })
      response.end(Buffer.from(await forwarded.arrayBuffer()))
    })()
  })
  return {
    url: front.url,
    files: files.url,
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]()
      await files[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    }
  }
}
