/** A call as hooks and events see it: ids and counts, never payloads or keys. */
import { jsonSize } from "../connection/attachments.ts"
import type { CallError } from "../errors/errors.ts"
import { type Call, pathOf } from "./attempt.ts"

/** One attempt of a call. */
export interface CallInfo {
  /** The call's number over its connection, from 1. All attempts and events of a call have the same. */
  readonly id: number
  readonly method: string
  /** The path without its query. */
  readonly path: string
  readonly model: string | undefined
  /** Inputs in the call. */
  readonly items: number
  /** The body's size as JSON, in bytes. Over gRPC, where media are not base64, less is sent. */
  readonly bytes: number
  /** This attempt, from 1. */
  readonly attempt: number
  /** True if the answer arrives in pieces: `.generate(model)`. */
  readonly streamed?: true
  /** The call that this one divides or repeats in part: inputs of a call that was refused, or whose items failed. */
  readonly after?: number
}

/** An event of a run, for programs without OpenTelemetry. */
export type CallEvent =
  /** An attempt is sent; `rateWaitMs`: how long it waited for its turn at the connection's rate. */
  | { readonly type: "call"; readonly call: CallInfo; readonly rateWaitMs: number }
  | {
      readonly type: "answer"
      readonly call: CallInfo
      readonly httpStatus: number
      readonly code: number
      readonly requestId: string | undefined
      readonly ms: number
    }
  | { readonly type: "failure"; readonly call: CallInfo; readonly error: CallError; readonly ms: number }
  | { readonly type: "retry"; readonly call: CallInfo; readonly error: CallError; readonly waitMs: number }
  /**
   * A step or a hook of a plugin ended, well or not, for the input at `index`; a `run` or `request` hook has no input.
   * `name` is the stage's or the hook's kind; `ms` is the time from its start to its end, waits included, but for a
   * `request` hook without the attempt that it wraps.
   */
  | {
      readonly type: "stage"
      readonly name: string
      readonly plugin: string | undefined
      readonly index: number | undefined
      readonly ms: number
    }
  /** A live stream dropped the input at `index`, as its policy says; `dropped`: how many of this run so far. */
  | { readonly type: "drop"; readonly index: number; readonly dropped: number }

/** An attempt of a call, as hooks see it. */
export const callInfo = (id: number, call: Call, items: number, attempt: number, after?: number): CallInfo => ({
  id,
  method: call.method,
  path: pathOf(call),
  model: call.model,
  items,
  bytes: jsonSize(call.body),
  attempt,
  ...(after === undefined ? {} : { after })
})
