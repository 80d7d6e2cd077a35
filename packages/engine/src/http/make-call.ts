/** What HTTP and gRPC have in common: whose rows a request is about, and what every request must keep. */
import { StatusCode } from "@sightline/core/status"
import type { UserAppIdWire } from "@sightline/core/wire"
import { newId } from "../protocol/ids.ts"
import type { Call } from "../protocol/request.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import type { SettingsValue } from "../settings.ts"
import type { DecodedRequest } from "./read-request.ts"

/** The id of a request; a caller may choose how it begins. */
export const makeRequestId = (header: (name: string) => string | undefined): string => {
  const prefix = header("x-clarifai-request-id-prefix") ?? ""
  return /^[\w.-]{1,64}$/.test(prefix) ? `${prefix}-${newId()}` : newId()
}

/** The call of a request: its user and app, or else the engine's own. Throws 11102 for a list that is too long. */
export const makeCall = <Request>(
  { malformed, request }: DecodedRequest<Request>,
  settings: SettingsValue,
  from: { readonly origin: string; readonly requestId: string }
): Call<Request> => {
  checkLists(request, settings.limits.itemsPerCall)
  // A table says which field this is in every request that has it.
  const { user_app_id: owner } = request as { readonly user_app_id?: UserAppIdWire }
  const user = owner?.user_id || settings.userId
  const appId = owner?.app_id || settings.appId
  const userId = user === "me" ? settings.userId : user
  const scope = userId === settings.userId ? appId : `${userId}/${appId}`
  return { scope, appId, userId, request, malformed, ...from }
}

/** Every handler works through the lists of a request in one turn; ids are the exception, because they are deleted in parts. */
const checkLists = (request: unknown, most: number): void => {
  for (const [name, value] of Object.entries(Object(request)))
    if (Array.isArray(value) && name !== "ids" && value.length > most)
      throw wireError(
        StatusCode.CONN_INVALID_REQUEST,
        `${name} has ${value.length} items; at most ${most} are accepted in one call`
      )
}

/** The failure of a request that changes something, by an engine that must not. */
export const readOnlyError = (): WireError =>
  wireError(
    StatusCode.CONN_INSUFFICIENT_SCOPES,
    "this engine was opened read-only; ask the process that owns the folder"
  )

/** What was thrown as the failure of a request: readers throw the WireError that they mean, anything else is a defect. */
export const toWireError = (cause: unknown): WireError =>
  cause instanceof WireError
    ? cause
    : wireError(
        StatusCode.INTERNAL_SERVER_ISSUE,
        `the engine failed: ${cause instanceof Error ? cause.message : String(cause)}`
      )
