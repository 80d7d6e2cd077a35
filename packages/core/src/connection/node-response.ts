/** A `Response` in Node whose body is read as bytes, without a web stream; its other parts are made when asked for. */
import type { Readable } from "node:stream"
import { type Octets, type ReadJson, readJson } from "../wire/codec/parse-json.ts"
import { Collected } from "./body-buffer.ts"
import type { ReadsBytes } from "./response-body.ts"

/** Headers as undici reads them. */
export type NodeHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

const headersOf = (from: NodeHeaders): Headers => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(from))
    for (const one of typeof value === "string" ? [value] : (value ?? [])) headers.append(name, one)
  return headers
}

/** Node's own `Readable.toWeb` throws past everybody when a stream is cancelled while a chunk is on its way. */
const toWebStream = (stream: Readable): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const chunks: AsyncIterator<Uint8Array<ArrayBuffer>> = stream[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => {
        stream.on("error", () => {})
        stream.destroy()
      }
    },
    { highWaterMark: 0 }
  )
}

/** Statuses that a Response of the platform can be made with. */
const constructible = (status: number): number => (status >= 200 && status <= 599 ? status : 500)

const empty = new Set([204, 205, 304])

export class NodeResponse extends Response implements ReadsBytes {
  readonly #status: number
  readonly #statusText: string
  readonly #raw: NodeHeaders
  readonly #stream: Readable
  #headers: Headers | undefined
  #whole: Response | undefined

  constructor(status: number, statusText: string, headers: NodeHeaders, stream: Readable) {
    super(null)
    this.#status = status
    this.#statusText = statusText
    this.#raw = headers
    this.#stream = stream
  }
  override get status(): number {
    return this.#status
  }
  override get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }
  override get statusText(): string {
    return this.#statusText
  }
  override get headers(): Headers {
    return (this.#headers ??= headersOf(this.#raw))
  }
  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#made().body
  }
  override get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? false
  }
  override text(): Promise<string> {
    return this.#made().text()
  }
  override json(): Promise<unknown> {
    return this.#made().json()
  }
  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#made().arrayBuffer()
  }
  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#made().bytes()
  }
  override blob(): Promise<Blob> {
    return this.#made().blob()
  }
  override formData(): Promise<FormData> {
    return this.#made().formData()
  }
  override clone(): Response {
    return this.#made().clone()
  }
  "~sightline/header"(name: string): string | null {
    const value = this.#headers === undefined ? this.#raw[name] : this.#headers.get(name)
    return value === undefined || value === null ? null : String(value)
  }
  get "~sightline/untouched"(): boolean {
    return this.#whole === undefined
  }
  /** All outputs of an answer name one model. */
  "~sightline/json"(body: Octets): ReadJson | undefined {
    return readJson(body, "model")
  }
  "~sightline/read"<A>(limit: number, read: (body: Octets) => A): Promise<A | undefined> {
    return new Promise((resolve, reject) => {
      const stream = this.#stream
      const compressed = this.#raw["content-encoding"] !== undefined
      const declared = compressed ? Number.NaN : Number(this.#raw["content-length"])
      const body = new Collected(declared)
      const stop = () => {
        resolve(undefined)
        stream.destroy()
      }
      stream.once("error", reject)
      if (declared > limit) return stop()
      stream.on("data", (chunk: Octets) => {
        body.add(chunk)
        if (body.length > limit) stop()
      })
      stream.once("end", () => {
        try {
          resolve(body.read(read))
        } catch (thrown) {
          reject(thrown)
        }
      })
      stream.once("close", () => reject(new Error("the connection closed before the answer's end")))
    })
  }
  #made(): Response {
    const status = constructible(this.#status)
    return (this.#whole ??= new Response(empty.has(status) ? null : toWebStream(this.#stream), {
      status,
      statusText: this.#statusText,
      headers: this.headers
    }))
  }
}
