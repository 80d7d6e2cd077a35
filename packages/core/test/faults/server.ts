/** A real server on the loopback that misbehaves on purpose, and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** What a call did to an input as far as the server knows: a client must not repeat what may have been done. */
export type Work = "done" | "maybe" | "none"

/** One call as the server saw it. */
export interface Seen {
  readonly urls: ReadonlyArray<string>
  readonly atMs: number
  readonly headers: IncomingMessage["headers"]
  /** What the call did to each input; known once it was served. */
  work: ReadonlyArray<Work>
}

/** A call to misbehave on. `nth` counts the calls of one path prefix, from 1. */
export interface Exchange {
  readonly nth: number
  readonly urls: ReadonlyArray<string>
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly origin: string
}

/** Serves one call and says what it did: to all inputs alike, or to each. */
export type Serve = (exchange: Exchange) => Work | ReadonlyArray<Work>

interface Input {
  readonly id?: string
  readonly data: Readonly<Record<string, { readonly url?: string }>>
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) text += chunk
  return text
}

const urlsOf = (body: string): ReadonlyArray<string> => {
  const { inputs = [] } = JSON.parse(body === "" ? "{}" : body) as { readonly inputs?: ReadonlyArray<Input> } // our client's
  return inputs.map(({ data }) => Object.values(data)[0]?.url ?? "")
}

/** The misbehaving service: each fault lives under a prefix of its own. */
export interface FaultServer {
  readonly origin: string
  /** Serves a fault under a new prefix; gives the base URL for the client and what was seen there. */
  readonly add: (serve: Serve, unread?: boolean) => { readonly baseUrl: string; readonly seen: ReadonlyArray<Seen> }
  /** Paths that no fault serves and that were asked for all the same: where redirects would lead. */
  readonly strays: ReadonlyArray<string>
  readonly sockets: () => Promise<number>
  readonly close: () => Promise<void>
}

interface Place {
  readonly serve: Serve
  readonly seen: Array<Seen>
  /** True when the request's body is not read before serving. */
  readonly unread: boolean
}

export const startFaultServer = async (): Promise<FaultServer> => {
  const places = new Map<string, Place>()
  const strays: Array<string> = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const [, prefix = ""] = (request.url ?? "").split("/")
    const place = places.get(prefix)
    if (place === undefined) {
      strays.push(request.url ?? "")
      response.end()
      return
    }
    const urls = place.unread ? [] : urlsOf(await bodyOf(request))
    const seen: Seen = { urls, atMs: Date.now(), headers: request.headers, work: [] }
    place.seen.push(seen)
    const work = place.serve({ nth: place.seen.length, urls, request, response, origin })
    seen.work = typeof work === "string" ? urls.map(() => work) : work
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path
  return {
    origin,
    strays,
    add: (serve, unread = false) => {
      const prefix = `fault-${places.size}`
      const seen: Array<Seen> = []
      places.set(prefix, { serve, seen, unread })
      return { baseUrl: `${origin}/${prefix}`, seen }
    },
    sockets: () =>
      new Promise((resolve, reject) =>
        server.getConnections((failed, count) => (failed === null ? resolve(count) : reject(failed)))
      ),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
  }
}
