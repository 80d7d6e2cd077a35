/** Plugins' hooks around each attempt of a call. */
import * as Effect from "effect/Effect"
import { type CallError, Unreachable } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import type { Secrets } from "../errors/secrets.ts"
import { failWithThrown } from "../errors/test-failure.ts"
import type { RawResponse } from "./attempt.ts"
import type { CallInfo } from "./call-info.ts"

/**
 * Wraps each attempt: calls `next` and returns its response, changed or not, or returns another response.
 *
 * For a streamed call, `next` returns the response's head as soon as it arrives, with its body as a `stream` of bytes,
 * which a hook may pass on, replace, or pipe through something. A hook that answers without `next` may give the lines as
 * `text`.
 */
export type RequestHook<E = CallError, R = never> = (
  call: CallInfo,
  next: Effect.Effect<RawResponse, CallError>
) => Effect.Effect<RawResponse, E, R>

/** A hook, and whether it looks at no bodies: the fast reading of answers needs that of all hooks. */
export type AppRequestHook = RequestHook & { readonly ignoresBody?: boolean }

/** An attempt with the hooks around it, the first outermost. */
export const withHooks = (
  hooks: ReadonlyArray<RequestHook>,
  info: CallInfo,
  attempt: Effect.Effect<RawResponse, CallError>,
  secrets: Secrets
): Effect.Effect<RawResponse, CallError> =>
  // a hook is called when it is its turn: one that answers without `next` leaves inner hooks uncalled
  hooks.reduceRight(
    (next, hook) =>
      Effect.catchDefect(
        Effect.suspend(() => hook(info, next)),
        (defect) => failWithThrown(defect, (thrown) => hookThrew(info, thrown, secrets))
      ),
    attempt
  )

/** An exception of a hook fails the attempt. It is no reason to send it again: it may have been answered. */
const hookThrew = ({ model }: CallInfo, thrown: unknown, secrets: Secrets): Unreachable => {
  const reason = `a plugin's request hook threw: ${scrubThrown(thrown, secrets)}; fix the plugin`
  return new Unreachable({
    ...(model === undefined ? {} : { model }),
    reason,
    sent: true,
    lasting: true,
    refused: true,
    cause: new Error(reason)
  })
}
