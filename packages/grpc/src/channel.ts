// The gRPC channel of one connection: opened on first use, one method per message pair, bytes in and out.
import { Client, type ClientDuplexStream, type ClientReadableStream, credentials, Metadata } from "@grpc/grpc-js"
import { type Method, serviceName } from "@sightline/core/protobuf"

/** Where a channel goes. */
export interface Target {
  /** Host and port. */
  readonly address: string
  readonly plaintext: boolean
  /** PEM certificates to trust besides the system's. */
  readonly rootCertificates: Uint8Array | undefined
  /** The largest response, in bytes. */
  readonly maxResponseBytes: number
}

/**
 * How much of a response may be on its way, in bytes. HTTP/2 begins with 64 kB, which on a link with a round trip of 100 ms is
 * 640 kB a second, however fast the link is.
 */
const windowBytes = 1024 * 1024

/** The calls of a channel. Requests and responses are in protobuf's binary form. */
export interface Channel {
  readonly unary: (
    method: Method,
    request: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined
  ) => Promise<Uint8Array>
  readonly serverStream: (
    method: Method,
    request: Uint8Array,
    headers: Readonly<Record<string, string>>
  ) => ClientReadableStream<Uint8Array>
  readonly duplex: (
    method: Method,
    headers: Readonly<Record<string, string>>
  ) => ClientDuplexStream<Uint8Array, Uint8Array>
  readonly close: () => void
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const asBytes = (buffer: Buffer): Uint8Array => buffer

const pathOf = ({ name }: Method): string => `/${serviceName}/${name}`

const metadataOf = (headers: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) if (isMetadata(name)) metadata.set(name, value)
  return metadata
}

/** HTTP's own headers have no meaning over gRPC. */
const isMetadata = (name: string): boolean => !/^(accept|content-type|content-length|host|connection)$/i.test(name)

/** Makes the channel of a connection; no socket is opened before the first call. */
export const makeChannel = (target: Target): Channel => {
  let client: Client | undefined
  const open = (): Client =>
    (client ??= new Client(
      target.address,
      target.plaintext
        ? credentials.createInsecure()
        : credentials.createSsl(target.rootCertificates === undefined ? null : asBuffer(target.rootCertificates)),
      {
        "grpc.max_receive_message_length": target.maxResponseBytes,
        "grpc.max_send_message_length": -1,
        "grpc-node.flow_control_window": windowBytes,
        "grpc.keepalive_time_ms": 60_000,
        "grpc.keepalive_timeout_ms": 20_000,
        // One place of core repeats calls.
        "grpc.enable_retries": 0
      }
    ))
  return {
    unary: (method, request, headers, signal) =>
      new Promise((resolve, reject) => {
        const call = open().makeUnaryRequest(
          pathOf(method),
          asBuffer,
          asBytes,
          request,
          metadataOf(headers),
          {},
          (error, response) => {
            signal?.removeEventListener("abort", cancel)
            if (error !== null) reject(error)
            else resolve(response ?? new Uint8Array())
          }
        )
        const cancel = () => call.cancel()
        signal?.addEventListener("abort", cancel, { once: true })
      }),
    serverStream: (method, request, headers) =>
      open().makeServerStreamRequest(pathOf(method), asBuffer, asBytes, request, metadataOf(headers), {}),
    duplex: (method, headers) =>
      open().makeBidiStreamRequest(pathOf(method), asBuffer, asBytes, metadataOf(headers), {}),
    close: () => {
      client?.close()
      client = undefined
    }
  }
}
