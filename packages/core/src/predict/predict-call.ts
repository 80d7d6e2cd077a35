/** One call that predicts for several inputs: its inputs, its size and its body. */
import type { Call } from "../call/attempt.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { BodyMemory } from "../connection/body-memory.ts"
import { bodyFrame } from "./encode-request.ts"
import type { Endpoint } from "./endpoint.ts"
import type { InputIdentity } from "./match-outputs.ts"
import { assemble, assembleAttached, type EncodedInput, utf8Length } from "./request-body.ts"
import type { Division } from "./split-media.ts"

/** One encoded input of a call, with what its output can be recognised by. */
export interface CallInput extends InputIdentity {
  readonly encoded: EncodedInput
  /** For a medium that does not go whole; such an input is sent in calls of its division. */
  readonly division?: Division
}

/** The pieces of a body and their exact size in bytes. Adjacent texts are one piece. */
const joinBody = (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>) => {
  const { head, tail } = bodyFrame(endpoint)
  const pieces: Array<string | Uint8Array> = []
  let text = head
  let size = utf8Length(head) + utf8Length(tail) + Math.max(0, inputs.length - 1)
  let isFirst = true
  for (const { encoded } of inputs) {
    if (!isFirst) text += ","
    isFirst = false
    for (const piece of encoded.pieces)
      if (typeof piece === "string") text += piece
      else {
        pieces.push(text, piece)
        text = ""
      }
    size += encoded.sizeBytes
  }
  pieces.push(text + tail)
  return { pieces, size }
}

/** The size of a call's body in bytes, without making it. */
export const bodySize = (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>): number =>
  joinBody(endpoint, inputs).size

/** The call that predicts for these inputs. Its body is written into `memory`, where there is some. */
export const makeCall = (
  wire: CallRuntime,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  memory?: BodyMemory
) => {
  const { limits } = wire.connection
  const { pieces, size } = joinBody(endpoint, inputs)
  return {
    method: "POST",
    intent: "prediction",
    path: endpoint.path,
    body:
      wire.connection.takesAttachments === true ? assembleAttached(pieces) : assemble(pieces, size, memory?.take(size)),
    model: endpoint.model,
    timeoutMs: endpoint.kind === "video" ? limits.videoAttemptTimeoutMs : limits.attemptTimeoutMs,
    secrets: endpoint.secrets
  } satisfies Call
}
