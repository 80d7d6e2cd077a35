/** A service that counts how often it has answered each input, and can be slow. */
import { createHash } from "node:crypto"
import { listen } from "./sample-service.ts"

/** How the service behaves. */
export interface CountingOptions {
  /** How long each call takes, in milliseconds. */
  readonly delayMs: number
  /** Called when a call arrives, with the number of calls so far. */
  readonly onCall?: (calls: number) => void
}

interface Wire {
  readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { readonly base64: string } } }>
}

/** Inputs that begin with this text are rejected. */
export const badMark = "bad input"

/** Starts a service that answers every input with a concept, and rejects bad ones. */
export const startCountingService = async ({ delayMs, onCall }: CountingOptions) => {
  const counts = new Map<string, number>()
  /** `refuse`: whether the n-th call is refused as unauthorized. */
  const state: {
    calls: number
    onCall: CountingOptions["onCall"]
    delayMs: number
    refuse: ((call: number) => boolean) | undefined
  } = { calls: 0, onCall, delayMs, refuse: undefined }
  const service = await listen((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { inputs } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Wire // sent by our client
      state.calls++
      state.onCall?.(state.calls)
      if (state.refuse?.(state.calls) === true) {
        response.writeHead(401, { "content-type": "application/json" })
        return void response.end(JSON.stringify({ status: { code: 11008, description: "Invalid key" } }))
      }
      const outputs = inputs.map(({ data }) => {
        const bytes = Buffer.from(data.image.base64, "base64")
        const key = createHash("sha256").update(bytes).digest("hex")
        counts.set(key, (counts.get(key) ?? 0) + 1)
        return bytes.subarray(0, badMark.length).toString("latin1") === badMark
          ? { status: { code: 30104, description: "Input is invalid", details: "it is not an image" } }
          : { status: { code: 10000 }, data: { concepts: [{ id: "c", name: key.slice(0, 6), value: 0.5 }] } }
      })
      const isMixed = outputs.some(({ status }) => status.code !== 10000)
      setTimeout(() => {
        response.writeHead(isMixed ? 207 : 200, { "content-type": "application/json" })
        response.end(JSON.stringify({ status: { code: isMixed ? 10010 : 10000 }, outputs }))
      }, state.delayMs)
    })
  })
  return { ...service, counts, state }
}
