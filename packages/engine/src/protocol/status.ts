/** `Status` messages: of a request, of a batch, of one item. */
import { StatusCode } from "@sightline/core/status"
import type { StatusWire } from "@sightline/core/wire"
import { describeCode } from "./codes.ts"

/** The state of one item or resource. Items carry no request id. */
export const itemStatus = (code: number, details = ""): StatusWire => ({
  code,
  description: describeCode(code),
  details
})

/** The result of a whole request. */
export const requestStatus = (code: number, requestId: string, details = ""): StatusWire => ({
  ...itemStatus(code, details),
  req_id: requestId
})

/** What the items of a batch say together. */
export interface BatchResult {
  readonly code: number
  readonly details: string
}

/**
 * One result for many items: all good 10000; some failed 10010; all failed 10020, or, when there was only one item,
 * the code of that item (the service does so since 2023).
 */
export const batchResult = (failures: ReadonlyArray<BatchResult | undefined>): BatchResult => {
  const failed = failures.filter((failure) => failure !== undefined)
  const [first] = failed
  if (first === undefined) return { code: StatusCode.SUCCESS, details: "" }
  if (failed.length < failures.length)
    return {
      code: StatusCode.MIXED_STATUS,
      details: `${failed.length} of ${failures.length} failed; see each item's status`
    }
  if (failures.length === 1) return first
  return { code: StatusCode.FAILURE, details: `all ${failures.length} failed; see each item's status` }
}
