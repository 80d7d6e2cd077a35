/** Runs units. This file: the unit that a call belongs to, and the plugin that asks the ledger before each call. */
import { type AnyPlugin, type CallInfo, definePlugin } from "@sightline/core/plugin"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Permission } from "../ledger/ledger.ts"

/** The ledger did not grant a call, so it was not made. */
export class CallRefused extends Data.TaggedError("CallRefused")<{
  readonly reason: Exclude<Permission, { readonly type: "granted" }>
}> {}

/** The unit that is run, for the calls that it makes. */
export interface CurrentUnit {
  /** Succeeds when the call may be made. */
  readonly beforeCall: (call: CallInfo) => Effect.Effect<void, CallRefused>
}

/** The unit of a fiber. */
export const Unit = Context.Reference<CurrentUnit | undefined>("@sightline/jobs/Unit", {
  defaultValue: () => undefined
})

/** Asks the ledger before each attempt of a call, next to the connection: other plugins' hooks are around it. */
export const ledgerPlugin: AnyPlugin = definePlugin({
  name: "jobs-ledger",
  version: 1,
  hooks: {
    request: {
      order: "post",
      ignoresBody: true,
      run: (request, next) =>
        Effect.flatMap(Unit, (unit) =>
          unit === undefined ? next(request) : Effect.flatMap(unit.beforeCall(request), () => next(request))
        )
    }
  }
})
