import * as wire from "../../src/wire.ts"
import type { Message } from "../../src/wire/messages/message.ts"

/** Every message of the wire door, by its own name; what predictions read of an output is tested by itself. */
export const messages = Object.values<unknown>(wire).filter(
  (value): value is Message<unknown> =>
    typeof value === "object" &&
    value !== null &&
    "fields" in value &&
    value !== wire.PredictionOutputWire &&
    value !== wire.PredictionOutputsWire
)
