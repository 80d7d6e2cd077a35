/** Routes of the protocol that a machine of one's own has no use for, or that need more than plain HTTP. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { type WireError, wireError } from "../protocol/wire-error.ts"

/** 501 with 10040: the path is known, and what to do instead is said. */
export const notHere = (instead: string) => (): Effect.Effect<never, WireError> =>
  Effect.fail(wireError(StatusCode.NOT_IMPLEMENTED, `This engine does not do that; ${instead}.`))
