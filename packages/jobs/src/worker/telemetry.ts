/** The span of each unit, above those of its calls, and the count of settled inputs: where the app's own go. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Tracer } from "effect/Tracer"
import type { Lease, SettledAs, Settlement } from "../ledger/ledger.ts"
import type { JobApp } from "./job-app.ts"

/** What a worker reports of its units. */
export interface JobTelemetry {
  /** Runs a unit in its span. */
  readonly observe: (lease: Lease, unit: Effect.Effect<void>) => Effect.Effect<void>
  /** Counts inputs whose outcomes are recorded. */
  readonly settled: (rows: ReadonlyArray<Settlement>) => Effect.Effect<void>
}

const counterName = "sightline.job.settled"
const description = "Inputs of jobs that settled"

/** The attribute of the counter. */
const outcomeName = "sightline.job.outcome"

const counters = new Map<SettledAs, Metric.Counter<number>>()

/** The counter of an outcome in Effect's registry. */
const counterOf = (as: SettledAs): Metric.Counter<number> => {
  const counter =
    counters.get(as) ??
    Metric.counter(counterName, { description, incremental: true, attributes: { [outcomeName]: as } })
  counters.set(as, counter)
  return counter
}

const attributesOf = ({ claims, job, size, unit, worker }: Lease) => ({
  "sightline.job.id": job,
  "sightline.job.unit": unit,
  "sightline.job.attempt": claims,
  "sightline.job.worker": worker,
  "sightline.items": size
})

/** The telemetry of an app's units. */
export const jobTelemetry = ({ "~sightline/telemetry": { meter, tracer } }: JobApp): JobTelemetry => {
  const counter = meter?.createCounter(counterName, { description })
  return {
    observe: (lease, unit) =>
      tracer === undefined
        ? unit
        : Effect.flatMap(tracer, (observer) =>
            Effect.withSpan(unit, "job unit", { kind: "consumer", attributes: attributesOf(lease) }).pipe(
              Effect.provideService(Tracer, observer)
            )
          ),
    settled: (rows) =>
      Effect.forEach(
        Map.groupBy(rows, ({ as }) => as),
        ([as, { length }]) => {
          counter?.add(length, { [outcomeName]: as })
          return Metric.update(counterOf(as), length)
        },
        { discard: true }
      )
  }
}
