// Door for statuses: the protocol's numbers and what each means, and how a service reports an error to its own callers.
import "./errors/require-node.ts"
export { httpStatusOf, toResponse } from "./errors/http-status.ts"
export * as StatusCode from "./wire/messages/status-codes.ts"
export { type StatusClass, type StatusTraits, statusTraits } from "./wire/messages/status-index.ts"
