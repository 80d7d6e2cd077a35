/** The parts of `@opentelemetry/api` that spans and metrics need, by their form. */

/** A span of OpenTelemetry. */
export interface OpenTelemetrySpan {
  spanContext(): { readonly traceId: string; readonly spanId: string }
  setAttribute(key: string, value: unknown): unknown
  addEvent(name: string, attributes?: unknown, time?: unknown): unknown
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  end(time?: unknown): void
}

/** A tracer of OpenTelemetry, such as `trace.getTracer("my-service")`. */
export interface OpenTelemetryTracer {
  startSpan(name: string, options?: unknown, context?: unknown): OpenTelemetrySpan
}

/** A meter of OpenTelemetry, such as `metrics.getMeter("my-service")`. */
export interface OpenTelemetryMeter {
  createHistogram(name: string, options?: unknown): { record(value: number, attributes?: unknown): void }
  createCounter(name: string, options?: unknown): { add(value: number, attributes?: unknown): void }
}

/** Where spans and metrics go. */
export interface OpenTelemetry {
  readonly tracer?: OpenTelemetryTracer | undefined
  readonly meter?: OpenTelemetryMeter | undefined
}
