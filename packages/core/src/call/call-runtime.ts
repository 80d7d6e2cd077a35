/** What the calls of one app need: the connection with its shared state, plugins' hooks, and who listens to events. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Connection, Settings } from "../connection/connection.ts"
import type { NotConfigured } from "../errors/errors.ts"
import { Secrets } from "../errors/secrets.ts"
import type { CallEvent } from "./call-info.ts"
import { type ConnectionState, stateOf } from "./connection-state.ts"
import { makeServerMetrics, type ServerMetrics } from "./metrics.ts"
import type { AppRequestHook } from "./request-hook.ts"

/** The settings of a connection, with what every call takes from them. */
export interface CallSettings extends Settings {
  /** The credential and the headers that errors must not contain. */
  readonly secrets: Secrets
  readonly metrics: ServerMetrics
}

/** What the calls of one app need. */
export interface CallRuntime {
  readonly connection: Connection
  /** Shared by all apps over the connection. */
  readonly state: ConnectionState
  readonly hooks: ReadonlyArray<AppRequestHook>
  readonly emit: (event: CallEvent) => void
  /** True if somebody listens: work that only events need is not done otherwise. */
  readonly watched: boolean
  readonly settings: Effect.Effect<CallSettings, NotConfigured>
}

const secretTexts = ({ authorization, secretHeaders, sessionToken }: Settings): ReadonlyArray<string> =>
  [authorization, sessionToken, ...Object.values(secretHeaders ?? {})].flatMap((secret) =>
    secret === undefined ? [] : [Redacted.value(secret)]
  )

/** The settings, with what calls take from them. */
export const toCallSettings = (settings: Settings): CallSettings => ({
  ...settings,
  secrets: new Secrets(secretTexts(settings)),
  metrics: makeServerMetrics(settings)
})

/** The runtime of an app over a connection. Settings are read once, when first needed; a failure is not kept. */
export const makeCallRuntime = (
  connection: Connection,
  hooks: ReadonlyArray<AppRequestHook>,
  emit: (event: CallEvent) => void,
  watched = true
): CallRuntime => {
  let known: CallSettings | undefined
  return {
    connection,
    state: stateOf(connection),
    hooks,
    emit,
    watched,
    settings: Effect.suspend(() =>
      known === undefined
        ? Effect.map(connection.settings, (settings) => (known = toCallSettings(settings)))
        : Effect.succeed(known)
    )
  }
}
