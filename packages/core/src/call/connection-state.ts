/** The state of a connection that all apps over it share: `app.use(plugin)` makes another app over the same. */
import type { Connection } from "../connection/connection.ts"
import { type Http, makeHttp } from "../connection/http.ts"
import { makeRateGate, type RateGate } from "./rate.ts"
import { makeRetryBudget, type RetryBudget } from "./retry-budget.ts"

export interface ConnectionState {
  readonly http: Http
  readonly gate: RateGate
  readonly budget: RetryBudget
  /** The number of the next call. */
  readonly nextId: () => number
}

const makeState = (connection: Connection): ConnectionState => {
  let last = 0
  return {
    http: makeHttp(connection),
    gate: makeRateGate(connection.rate.perSecond),
    budget: makeRetryBudget(),
    nextId: () => ++last
  }
}

const states = new WeakMap<Connection, ConnectionState>()

/** The state of a connection; a copy of a connection, made by spreading, has its own. */
export const stateOf = (connection: Connection): ConnectionState => {
  const state = states.get(connection) ?? makeState(connection)
  states.set(connection, state)
  return state
}
