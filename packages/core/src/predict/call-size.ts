/** How many inputs fit into one call. Batches, coalesced calls and plans are cut by this. */
import type { Limits } from "../connection/limits.ts"
import type { Kind } from "../media/media.ts"

/** The inputs of a call so far. */
export interface CallSize {
  readonly items: number
  readonly bytes: number
}

/** True when a medium of `sizeBytes` still fits into the call. An empty call takes any medium. */
export const fitsInCall = (limits: Limits, kind: Kind, size: CallSize, sizeBytes: number): boolean =>
  size.items === 0 || (size.items < limits.inputsPerCall[kind] && size.bytes + sizeBytes <= limits.targetBodyBytes)
