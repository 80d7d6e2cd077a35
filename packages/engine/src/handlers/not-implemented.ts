/** Requests of the protocol that this engine does not serve. */
import { StatusCode } from "@sightline/core/status"
import { type WireError, wireError } from "../protocol/wire-error.ts"

/** 501 with 10040, and what to do instead. */
export const notHere = (instead: string): WireError =>
  wireError(StatusCode.NOT_IMPLEMENTED, `This engine does not do that; ${instead}.`)
