// Door for status numbers: their names and what each means, without the rest of the protocol.
export * as StatusCode from "./wire/messages/status-codes.ts"
export { type StatusClass, type StatusTraits, statusTraits } from "./wire/messages/status-index.ts"
