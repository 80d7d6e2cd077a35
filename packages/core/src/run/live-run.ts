/** Runs over streams both ways: each input is a separate message, sent as soon as it is there. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { makeRateGate } from "../call/rate.ts"
import type { LivePolicy } from "../chain/run-options.ts"
import { NotSupported } from "../connection/duplex.ts"
import { makeHttp } from "../connection/http.ts"
import type { InvalidOption } from "../errors/errors.ts"
import { predictBatch } from "../predict/batch.ts"
import type { Predictor } from "../predict/predictor.ts"
import type { Item } from "./input-series.ts"
import { holdItems, waitingOf } from "./live-buffer.ts"

/** How a live run differs from others. */
export interface Live {
  readonly predictor: Predictor
  /** The inputs that are sent, of those that came. */
  readonly hold: (items: Stream.Stream<Item, unknown, unknown>) => Stream.Stream<Item, unknown, unknown>
}

/** Opens the streams of one run. They are closed with its scope. Nothing is read or sent before. */
export const openLive = (
  predictor: Predictor,
  policy: LivePolicy
): Effect.Effect<Live, NotSupported | InvalidOption, Scope.Scope> =>
  Effect.gen(function* () {
    const { connection, emit, state } = predictor.wire
    const { duplex, name } = connection
    if (duplex === undefined)
      return yield* new NotSupported({ connection: name, what: "a live stream, in both directions," })
    const waiting = yield* waitingOf(policy)
    const { fetch } = yield* Effect.acquireRelease(Effect.sync(duplex), ({ close }) => Effect.sync(close))
    // The calls are those of any run, with their hooks, repeats and events; only what carries them is another. The rate is
    // one of calls: the service slows the sender of a stream. The pauses that it asks for are kept.
    const gate = makeRateGate(Infinity)
    const wire = { ...predictor.wire, state: { ...state, gate, http: makeHttp({ ...connection, fetch }) } }
    let dropped = 0
    const drop = ({ index }: Item) => emit({ type: "drop", index, dropped: ++dropped })
    return {
      predictor: {
        ...predictor,
        wire,
        coalesce: (endpoint, input) => Effect.map(predictBatch(wire, endpoint, [input]), onlyResult)
      },
      hold: (items) => (waiting === undefined ? items : holdItems(items, waiting, drop))
    }
  })

/** There is one result for each input. */
const onlyResult = <A>([result]: ReadonlyArray<A>): A => result as A
