// The connection: `clarifai()`'s settings, over gRPC.
import * as Effect from "effect/Effect"
import { clarifai, type ClarifaiOptions, type Connection } from "@sightline/core"
import { NotConfigured } from "@sightline/core"
import { readableConnection } from "@sightline/core/plugin"
import { type Channel, makeChannel } from "./channel.ts"
import { makeDuplex } from "./duplex.ts"
import { makeGrpcFetch } from "./grpc-fetch.ts"

/** Options of {@link grpc}; what is absent is read from the environment, as {@link clarifai} does. */
export interface GrpcOptions extends Omit<ClarifaiOptions, "baseUrl" | "fetch" | "ky" | "allowBrowser"> {
  /**
   * Host and port of the service, or a URL: `https://` is TLS, `http://` plaintext.
   *
   * @default "https://api.clarifai.com", or CLARIFAI_API_BASE
   */
  readonly address?: string
  /**
   * Allows plaintext to another machine, where others can read the key.
   *
   * @default false
   */
  readonly plaintext?: boolean
  /** PEM certificates to trust instead of the system's. */
  readonly rootCertificates?: Uint8Array
}

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

/** `host:port` without a scheme is TLS, except on this machine. */
const toUrl = (address: string): string => {
  if (/^https?:\/\//i.test(address)) return address
  return URL.canParse(`http://${address}`) && isLoopback(new URL(`http://${address}`).hostname)
    ? `http://${address}`
    : `https://${address}`
}

/**
 * A connection over gRPC to the Clarifai platform, or to an engine that serves it: the same chains, limits, retries and
 * errors as over HTTP. Media travel as bytes.
 *
 * Nothing is read or sent before the first call, which fails with `NotConfigured` where a setting is missing or where
 * plaintext would leave this machine.
 *
 * @example sightline(grpc({ address: "127.0.0.1:50051" }))
 */
export const grpc = (options: GrpcOptions = {}): Connection => {
  const { address, plaintext = false, rootCertificates, ...others } = options
  const base = clarifai({ ...others, ...(address === undefined ? {} : { baseUrl: toUrl(address) }) })
  let channel: Channel | undefined
  let baseUrl = ""
  const settings = Effect.flatMap(base.settings, (found) => {
    const url = new URL(found.baseUrl)
    if (url.protocol === "http:" && !isLoopback(url.hostname) && !plaintext)
      return Effect.fail(
        new NotConfigured({
          setting: "address",
          problem: "plaintext to another machine shows it the key; use https://, or pass grpc({ plaintext: true })"
        })
      )
    baseUrl = found.baseUrl
    return Effect.succeed(found)
  })
  const open = (): Channel => {
    const url = new URL(baseUrl)
    return (channel ??= makeChannel({
      address: `${url.hostname}:${url.port === "" ? (url.protocol === "http:" ? 80 : 443) : url.port}`,
      plaintext: url.protocol === "http:",
      rootCertificates,
      maxResponseBytes: base.limits.maxAnswerBytes
    }))
  }
  const made: Connection = {
    name: "grpc",
    settings,
    fetch: makeGrpcFetch(open),
    takesAttachments: true,
    duplex: () => makeDuplex(open),
    headers: base.headers,
    limits: base.limits,
    rate: base.rate,
    [Symbol.asyncDispose]: async () => {
      channel?.close()
      channel = undefined
      await base[Symbol.asyncDispose]()
    }
  }
  return readableConnection(made, address === undefined ? "" : ` at ${new URL(toUrl(address)).host}`)
}
