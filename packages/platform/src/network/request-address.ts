/** One HTTP request to one IP address: the name is never looked up again. */
import { type IncomingMessage, request as requestHttp, type RequestOptions } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP } from "node:net"
import type { Duplex } from "node:stream"
import { connect as connectTls } from "node:tls"
import { GuardedFetchError } from "./fetch-error.ts"

/** An IP address that a name resolves to. */
export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** Where a connection goes. */
export interface ConnectTarget extends ResolvedAddress {
  readonly port: number
}

/** Opens a TCP connection (TLS is added over it). Replaces the runtime's own in tests. */
export type Connect = (target: ConnectTarget) => Duplex

/** What is asked of one address. */
export interface AddressRequest {
  readonly url: URL
  readonly address: ResolvedAddress
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
  readonly connect: Connect | undefined
}

/** The host of a URL as it is looked up: IPv6 addresses without brackets. */
export const hostnameOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "")

/** The address takes the name's place, so that no runtime looks it up itself; `Host` and TLS keep the name. */
const optionsOf = ({ address, connect, headers, method, url }: AddressRequest): RequestOptions => {
  const secure = url.protocol === "https:"
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port)
  const name = hostnameOf(url)
  const servername = isIP(name) === 0 ? { servername: name } : {}
  const open = (target: Connect): Duplex => {
    const socket = target({ ...address, port })
    return secure ? connectTls({ socket, ...servername, host: name, ALPNProtocols: ["http/1.1"] }) : socket
  }
  return {
    method,
    host: address.address,
    family: address.family,
    port,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host },
    ...servername,
    // No pool: a pooled socket was opened for another check. Node ignores `createConnection` where there is any agent.
    ...(connect === undefined ? { agent: false } : { createConnection: () => open(connect) })
  }
}

/** Which error code a failure carries; never its message, which may hold anything. */
const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "connection failed"

/**
 * Sends one request and resolves with the answer's head. Aborting `signal` ends the request and the answer's body.
 *
 * @throws {GuardedFetchError} `connect`; or `signal.reason`.
 */
export const requestAddress = (asked: AddressRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { signal, url } = asked
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(optionsOf(asked))
    let response: IncomingMessage | undefined
    const onAbort = () => {
      const reason: unknown = signal?.reason
      reject(reason)
      const error = reason instanceof Error ? reason : new Error("aborted")
      response?.destroy(error)
      request.destroy(error)
    }
    request.once("response", (head) => {
      response = head
      head.once("close", () => signal?.removeEventListener("abort", onAbort))
      resolve(head)
    })
    request.on("error", (cause) =>
      reject(new GuardedFetchError("connect", `cannot connect to ${url.host}: ${codeOf(cause)}`))
    )
    request.once("close", () => {
      if (response === undefined) signal?.removeEventListener("abort", onAbort)
    })
    if (signal?.aborted === true) return onAbort()
    signal?.addEventListener("abort", onAbort, { once: true })
    request.end()
  })
