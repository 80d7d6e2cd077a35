/** Puts the request hooks of an app around an attempt. */
import type * as Effect from "effect/Effect"
import type { CallError } from "../errors/errors.ts"
import type { Secrets } from "../errors/secrets.ts"
import type { Call, RawResponse } from "./attempt.ts"
import type { CallInfo } from "./call-info.ts"
import type { CallRuntime } from "./call-runtime.ts"
import { withHooks } from "./request-hook.ts"

/** The attempt itself in an app without hooks. */
export const aroundAttempt = (
  runtime: CallRuntime,
  info: CallInfo,
  call: Call,
  secrets: Secrets,
  attempt: (call: Call) => Effect.Effect<RawResponse, CallError>
): Effect.Effect<RawResponse, CallError> =>
  runtime.hooks.length === 0 ? attempt(call) : withHooks({ runtime, info, call, secrets, attempt })
