/** `GET /v2/status_codes`: what our numbers mean. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { answeredCodes } from "../protocol/codes.ts"
import { answer, type Answer, type Call } from "../protocol/request.ts"
import { itemStatus, requestStatus } from "../protocol/status.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"

/** Every code that this engine answers with. */
export const listStatusCodes = (): Effect.Effect<Answer> =>
  Effect.succeed(answer({ statuses: answeredCodes.map((code) => itemStatus(code)) }))

/** One of them: the answer's own `status` is the code asked for. */
export const getStatusCode = ({ params, requestId }: Call): Effect.Effect<Answer, WireError> => {
  const code = Number(params["code"])
  return answeredCodes.includes(code)
    ? Effect.succeed(answer({ status: requestStatus(code, requestId) }))
    : Effect.fail(wireError(StatusCode.CONN_DOES_NOT_EXIST, `status code '${params["code"] ?? ""}' not found`))
}
