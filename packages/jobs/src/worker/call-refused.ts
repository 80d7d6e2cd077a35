/** Runs units. This file: the failure of a call that the ledger did not grant. */
import * as Data from "effect/Data"
import type { Permission } from "../ledger/ledger.ts"

/** The ledger did not grant a call, so it was not made. */
export class CallRefused extends Data.TaggedError("CallRefused")<{
  readonly reason: Exclude<Permission, { readonly type: "granted" }>
}> {}
