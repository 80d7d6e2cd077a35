/** A small service on this machine that answers every prediction, for tests in browsers and bare realms. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** The service's address, what it was sent, and its end. */
export interface Service {
  readonly url: string
  readonly keys: ReadonlyArray<string | undefined>
  /** The headers of each call. */
  readonly headers: ReadonlyArray<IncomingHttpHeaders>
  readonly close: () => void
}

const region = {
  id: "r",
  region_info: { bounding_box: { top_row: 0.5, left_col: 0.25, bottom_row: 1, right_col: 0.5 } },
  data: { concepts: [{ id: "x", name: "thing", value: 0.9 }] }
}

const reply = (response: ServerResponse, body: string): void => {
  const { inputs } = JSON.parse(body) as { readonly inputs: ReadonlyArray<unknown> } // what our encoder writes
  const concepts = [{ id: "ai_t", name: "train", value: 0.9 }]
  const outputs = inputs.map((input) => ({ status: { code: 10000 }, input, data: { concepts, regions: [region] } }))
  response.end(JSON.stringify({ status: { code: 10000, description: "Ok" }, outputs }))
}

/** Starts it on a free port of 127.0.0.1. Inputs whose URL has `stall` are never answered. */
export const serve = async (): Promise<Service> => {
  const keys: Array<string | undefined> = []
  const headers: Array<IncomingHttpHeaders> = []
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*")
    response.setHeader("access-control-allow-headers", "*, authorization")
    if (request.method !== "POST") {
      response.setHeader("content-type", "text/html")
      return void response.end("<!doctype html><title>page</title>")
    }
    keys.push(request.headers.authorization)
    headers.push(request.headers)
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (text: string) => {
      body += text
    })
    request.on("end", () => {
      if (!body.includes("stall")) reply(response, body)
    })
  })
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    keys,
    headers,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
