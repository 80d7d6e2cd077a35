/** The errors of streams both ways, for connections that have them. */
import type { DuplexCall } from "../connection/duplex.ts"
import { type CallError, InvalidRequest } from "../errors/errors.ts"
import type { Call } from "./attempt.ts"
import { toCallSettings } from "./call-runtime.ts"
import { networkError } from "./network-error.ts"
import { httpStatusError } from "./status-error.ts"

/** The error for what the network threw. Secrets of the connection are taken out of it. */
export const duplexNetworkError = ({ model, path, settings, timeoutMs }: DuplexCall, thrown: unknown): CallError => {
  const call: Call = { method: "POST", path, body: undefined, model, timeoutMs }
  return networkError(call, toCallSettings(settings), thrown)
}

/** The error for a stream that the service ended with what HTTP has this status for. */
export const duplexStatusError = ({ model, settings }: DuplexCall, http: number, details: string): CallError =>
  httpStatusError(http, details, { model, secrets: toCallSettings(settings).secrets }) ??
  new InvalidRequest({ model, details })
