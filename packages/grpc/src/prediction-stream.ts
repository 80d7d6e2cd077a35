// One call that streams both ways: requests of one input each, and the response of each as soon as it arrives.
import type { ClientDuplexStream } from "@grpc/grpc-js"
import { decodeBinary, encodeBinary } from "@sightline/core/protobuf"
import { MultiOutputResponseWire, type OutputWire, PostModelOutputsRequestWire } from "@sightline/core/wire"
import { MessageResponse } from "./grpc-fetch.ts"
import { isServiceError, responseAfterAnswers, responseOf } from "./grpc-status.ts"

/** A request that was sent and not answered. */
interface Sent {
  /** The id that its caller gave it; it may have travelled with another. */
  readonly id: string | undefined
  /** Undefined once its caller has left. */
  settle: { readonly resolve: (response: Response) => void; readonly reject: (error: unknown) => void } | undefined
}

/** How long a service may take to end its side once ours has ended, in milliseconds. Then the call is cancelled. */
const closeWithinMs = 5000

/** A response whose body breaks off: nothing is known of the work. */
const brokenOff = (why: string): Response =>
  new Response(new ReadableStream({ pull: (controller) => controller.error(new Error(why)) }), { status: 200 })

/** One call of StreamModelOutputs. */
export class PredictionStream {
  readonly #call: ClientDuplexStream<Uint8Array, Uint8Array>
  /** By the ids that they travelled with, in the order in which they were sent. */
  readonly #sent = new Map<string, Sent>()
  #number = 0
  #answered = 0
  #isOpen = true

  constructor(call: ClientDuplexStream<Uint8Array, Uint8Array>) {
    this.#call = call
    call.on("data", (bytes: Uint8Array) => this.#receive(bytes))
    call.on("end", () => this.#fail(() => brokenOff("the stream ended before this response")))
    call.on("error", (error: unknown) =>
      this.#fail(() => {
        if (!isServiceError(error)) throw error
        return this.#answered === 0 ? responseOf(error) : responseAfterAnswers(error)
      })
    )
  }

  /** False once it has ended or broken. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Sends a request of one input; resolves with its own response. */
  send(request: PostModelOutputsRequestWire, signal: AbortSignal | undefined): Promise<Response> {
    const [input] = request.inputs
    const id = input?.id
    const sentAs = id === undefined || id === "" || this.#sent.has(id) ? this.#freshId() : id
    const bytes = encodeBinary(PostModelOutputsRequestWire, { ...request, inputs: [{ ...input, id: sentAs }] })
    return new Promise((resolve, reject) => {
      const answered = new AbortController() // afterwards this request has no part in the stream
      const sent: Sent = {
        id,
        settle: {
          resolve: (response) => {
            answered.abort()
            resolve(response)
          },
          reject: (error) => {
            answered.abort()
            reject(error)
          }
        }
      }
      this.#sent.set(sentAs, sent)
      signal?.addEventListener(
        "abort",
        () => {
          sent.settle = undefined
          reject(signal.reason)
          if (!this.#isAwaited()) this.#cancel() // a silent stream is not used again
        },
        { once: true, signal: answered.signal }
      )
      this.#call.write(bytes)
    })
  }

  /** Half-closes the call, or cancels it where requests are not answered. */
  close(): void {
    if (!this.#isOpen) return
    if (this.#isAwaited()) return this.#cancel()
    this.#isOpen = false
    this.#call.end()
    const late = setTimeout(() => this.#call.cancel(), closeWithinMs)
    late.unref()
    this.#call.once("close", () => clearTimeout(late))
  }

  #freshId(): string {
    for (;;) {
      const id = `live-${this.#number++}`
      if (!this.#sent.has(id)) return id
    }
  }

  #isAwaited(): boolean {
    for (const { settle } of this.#sent.values()) if (settle !== undefined) return true
    return false
  }

  #cancel(): void {
    this.#isOpen = false
    this.#call.cancel()
  }

  /** Ends the stream: all that were not answered get a response of `make`, or what it throws. */
  #fail(make: () => Response): void {
    this.#isOpen = false
    const left = [...this.#sent.values()]
    this.#sent.clear()
    for (const { settle } of left)
      try {
        settle?.resolve(make())
      } catch (thrown) {
        settle?.reject(thrown)
      }
  }

  #receive(bytes: Uint8Array): void {
    const decoded = decodeBinary(MultiOutputResponseWire, bytes)
    if (!decoded.ok) {
      this.#fail(() => brokenOff(decoded.problem.problem))
      return this.#cancel()
    }
    const { outputs, status } = decoded.value
    // A response without outputs is about a request as a whole; services answer in order.
    if (outputs.length === 0) return this.#settle(this.#oldest(), decoded.value)
    for (const output of outputs) {
      const sentAs = output.input?.id ?? ""
      // One with the id of none of these answers none of these.
      this.#settle(sentAs === "" ? this.#oldest() : sentAs, { status: output.status ?? status, outputs: [output] })
    }
  }

  #oldest(): string {
    return this.#sent.keys().next().value ?? ""
  }

  #settle(sentAs: string, { outputs, status }: MultiOutputResponseWire): void {
    const sent = this.#sent.get(sentAs)
    if (sent === undefined) return
    this.#sent.delete(sentAs)
    this.#answered++
    const own = outputs.map((output) => withId(output, sent.id))
    sent.settle?.resolve(new MessageResponse(MultiOutputResponseWire, { status, outputs: own }))
  }
}

/** The output with the id of its input as its caller gave it. */
const withId = (output: OutputWire, id: string | undefined): OutputWire => {
  if (output.input === undefined || output.input.id === id) return output
  const { id: _, ...input } = output.input
  return { ...output, input: id === undefined ? input : { ...input, id } }
}
