/** A predictor over a fake service, for suites that test one module and no app. */
import { makeCoalesce } from "../../src/predict/coalesce.ts"
import { predictBatch } from "../../src/predict/batch.ts"
import { fitsInCall } from "../../src/predict/call-size.ts"
import { EndpointCache, type Predictor } from "../../src/predict/predictor.ts"
import { fork } from "../../src/promise.ts"
import { type FakeRuntime, runtimeOver } from "../call/runtime.ts"

export interface FakePredictor extends FakeRuntime {
  readonly predictor: Predictor
}

/** A predictor without plugins, but for what `more` has. */
export const predictorOver = (
  answer: Parameters<typeof runtimeOver>[0],
  more: Partial<Predictor> = {},
  options: Parameters<typeof runtimeOver>[1] = {}
): FakePredictor => {
  const fake = runtimeOver(answer, options)
  const { runtime: wire } = fake
  const predictor: Predictor = {
    wire,
    prepare: [],
    divide: [],
    answer: [],
    inputHooks: [],
    secrets: {},
    prices: undefined,
    endpoints: new EndpointCache(),
    coalesce: makeCoalesce({
      fork,
      concurrency: 8,
      fits: (endpoint, fill, bytes) => fitsInCall(wire.connection.limits, endpoint.kind, fill, bytes),
      send: (endpoint, inputs) => predictBatch(wire, endpoint, inputs)
    }),
    ...more
  }
  return { ...fake, predictor }
}
