/** Status numbers and their texts. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { answeredCodes } from "../protocol/codes.ts"
import { answer, type Handler } from "../protocol/request.ts"
import { itemStatus, requestStatus } from "../protocol/status.ts"
import { wireError } from "../protocol/wire-error.ts"

/** Every code that this engine answers with. */
export const listStatusCodes: Handler<"ListStatusCodes"> = () =>
  Effect.succeed(answer({ statuses: answeredCodes.map((code) => itemStatus(code)) }))

/** One of them: the response's own `status` is the code asked for. */
export const getStatusCode: Handler<"GetStatusCode"> = ({ request, requestId }) => {
  const { status_code_id: wanted = "" } = request
  const code = Number(wanted)
  return answeredCodes.includes(code)
    ? Effect.succeed(answer({ status: requestStatus(code, requestId) }))
    : Effect.fail(wireError(StatusCode.CONN_DOES_NOT_EXIST, `status code '${wanted}' not found`))
}
