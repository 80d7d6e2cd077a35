import { Effect, Logger, Metric, References, Tracer } from "effect"

/** A tracer that notes every span. */
export const tracerInto = (spans: Array<Tracer.NativeSpan>): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })

/** Runs with a tracer, a metric registry and a logger of its own. */
export const watched = async <A, E>(effect: Effect.Effect<A, E>) => {
  const spans: Array<Tracer.NativeSpan> = []
  const lines: Array<unknown> = []
  const logger = Logger.make(({ message }) => {
    lines.push(message)
  })
  const [, metrics] = await Effect.runPromise(
    Effect.all([Effect.exit(effect), Metric.snapshot]).pipe(
      Effect.provideService(Tracer.Tracer, tracerInto(spans)),
      Effect.provideService(Metric.MetricRegistry, new Map()),
      Effect.provideService(References.MinimumLogLevel, "Debug"),
      Effect.provide(Logger.layer([logger]))
    )
  )
  return { spans, metrics, lines: lines.map(String) }
}

/** The spans of what runs on the clock of the test. */
export const spansOf = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<ReadonlyArray<Tracer.NativeSpan>> =>
  Effect.suspend(() => {
    const spans: Array<Tracer.NativeSpan> = []
    return Effect.as(Effect.provideService(Effect.exit(effect), Tracer.Tracer, tracerInto(spans)), spans)
  })
