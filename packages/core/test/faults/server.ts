/** A real server on the loopback that misbehaves on purpose, and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
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

/** A call to misbehave on. `nth` counts the calls of one fault, from 1. */
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

/** A fault that is served: the base URL for the client, and what was seen there. */
export interface Served {
  readonly baseUrl: string
  readonly seen: ReadonlyArray<Seen>
}

/** The misbehaving service: each fault lives at an origin of its own. */
export interface FaultServer {
  /** Serves a fault. `unread`: the request's body is not read before serving. */
  readonly add: (serve: Serve, unread?: boolean) => Promise<Served>
  /** Paths that no fault serves and that were asked for all the same: where redirects would lead. */
  readonly strays: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path
}

/**
 * Faults share no origin: a client that keeps connections would send one fault's call over a socket that another has
 * just broken, and meet the other's end.
 */
export const startFaultServer = (): FaultServer => {
  const servers: Array<Server> = []
  const strays: Array<string> = []
  return {
    strays,
    add: async (serve, unread = false) => {
      const seen: Array<Seen> = []
      const handle = async (request: IncomingMessage, response: ServerResponse) => {
        if (request.url?.startsWith("/fault/") !== true) {
          strays.push(request.url ?? "")
          response.end()
          return
        }
        const urls = unread ? [] : urlsOf(await bodyOf(request))
        const one: Seen = { urls, atMs: Date.now(), headers: request.headers, work: [] }
        seen.push(one)
        const work = serve({ nth: seen.length, urls, request, response, origin })
        one.work = typeof work === "string" ? urls.map(() => work) : work
      }
      const server = createServer((request, response) => {
        handle(request, response).catch(() => response.destroy())
      })
      server.keepAliveTimeout = 60_000
      servers.push(server)
      const origin = await listen(server)
      return { baseUrl: `${origin}/fault`, seen }
    },
    close: async () => {
      for (const server of servers) {
        const closed = new Promise<void>((resolve) => {
          server.close(() => resolve())
        })
        server.closeAllConnections()
        await closed
      }
    }
  }
}
