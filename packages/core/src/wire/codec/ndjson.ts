// Decodes a streamed response: one JSON object per line, each a message of the response or the error that ends it, as the
// platform's HTTP gateway writes it. No I/O here: bytes go in as they arrive, cut anywhere, and messages come out.
import { int32, legacy, message, string } from "../messages/field.ts"
import { defineMessage, type Infer, type Message } from "../messages/message.ts"
import type { MultiOutputResponseWire } from "../messages/output-messages.ts"
import { PredictionOutputsWire } from "../messages/prediction-output.ts"
import { defaultMaxTokens, hasMoreTokens } from "./json-tokens.ts"
import { decode, type DecodeProblem } from "./decode-json.ts"

const streamError = () => ({
  /** A gRPC status number: 13 internal, 14 unavailable, 4 deadline … */
  code: int32(1),
  message: string(2),
  /** The same, from gateways of before 2020. */
  grpc_code: legacy(int32(0)),
  http_code: legacy(int32(0))
})
/** The error with which the gateway ends a stream after it began; by then it has sent HTTP status 200. */
export interface StreamErrorWire extends Infer<typeof streamError> {}
export const StreamErrorWire: Message<StreamErrorWire> = /* @__PURE__ */ defineMessage("StreamError", streamError)

interface LineWire {
  readonly result?: MultiOutputResponseWire
  readonly error?: StreamErrorWire
}
const LineWire: Message<LineWire> = /* @__PURE__ */ defineMessage("StreamLine", () => ({
  result: message(1, () => PredictionOutputsWire),
  error: message(2, () => StreamErrorWire)
}))

/**
 * One line of a streamed response. Nothing useful follows after `error` and `malformed`. Of an output's model, the ids of
 * the model and its version are checked; what else it has is left as it came.
 */
export type StreamMessage =
  | { readonly type: "result"; readonly result: MultiOutputResponseWire }
  | { readonly type: "error"; readonly error: StreamErrorWire }
  | { readonly type: "malformed"; readonly problem: DecodeProblem }

/** Cuts bytes into lines and decodes the lines. Stateful: one for each stream. */
export interface StreamReader {
  /** Takes the next bytes, cut anywhere, even within a character. Returns the messages that they complete. */
  readonly push: (bytes: Uint8Array) => ReadonlyArray<StreamMessage>
  /** Ends the stream. Returns the last message, or `malformed` where the stream ends within one. */
  readonly end: () => ReadonlyArray<StreamMessage>
}

const newline = 0x0a

/**
 * Makes the reader of one streamed response.
 *
 * A line longer than `maxLineBytes` is malformed: a stream that never ends its line would fill the memory.
 */
export const makeStreamReader = (options: { readonly maxLineBytes?: number } = {}): StreamReader => {
  const { maxLineBytes = 128 * 1024 * 1024 } = options
  let begun: Array<Uint8Array> = []
  let begunBytes = 0
  const takeLine = (last: Uint8Array): Uint8Array => {
    if (begun.length === 0) return last
    const line = new Uint8Array(begunBytes + last.length)
    let at = 0
    for (const piece of [...begun, last]) {
      line.set(piece, at)
      at += piece.length
    }
    begun = []
    begunBytes = 0
    return line
  }
  return {
    push: (bytes) => {
      const messages: Array<StreamMessage> = []
      let from = 0
      for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
        messages.push(...readLine(takeLine(bytes.subarray(from, at))))
        from = at + 1
      }
      if (from < bytes.length) {
        // A copy: the caller may use its buffer again.
        begun.push(bytes.slice(from))
        begunBytes += bytes.length - from
      }
      if (begunBytes > maxLineBytes) {
        messages.push(malformed(`expected lines of at most ${maxLineBytes} bytes, found a longer one`))
        begun = []
        begunBytes = 0
      }
      return messages
    },
    end: () => readLine(takeLine(new Uint8Array()), "the stream ends in the middle of a message")
  }
}

const malformed = (problem: string): StreamMessage => ({ type: "malformed", problem: { path: "", problem } })

const readLine = (
  bytes: Uint8Array,
  notJson = "expected a line of JSON, found other text"
): ReadonlyArray<StreamMessage> => {
  let json: unknown
  try {
    const line = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    if (line.trim() === "") return []
    if (hasMoreTokens(line, defaultMaxTokens))
      return [malformed(`expected lines of at most ${defaultMaxTokens} values, found one of more`)]
    json = JSON.parse(line)
  } catch {
    return [malformed(notJson)]
  }
  const line = decode(LineWire, json)
  if (!line.ok) return [{ type: "malformed", problem: line.problem }]
  const { error, result } = line.value
  if (result) return [{ type: "result", result }]
  if (error) return [{ type: "error", error }]
  // Some gateways leave the envelope out.
  const bare = decode(PredictionOutputsWire, json)
  return [bare.ok ? { type: "result", result: bare.value } : { type: "malformed", problem: bare.problem }]
}
