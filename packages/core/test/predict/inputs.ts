/** Endpoints, inputs and answers for suites that test one module and no app. */
import type { CallResponse } from "../../src/call/call.ts"
import { noSecrets } from "../../src/errors/secrets.ts"
import type { Endpoint } from "../../src/predict/endpoint.ts"
import type { CallInput } from "../../src/predict/predict-call.ts"

/** The endpoint of a model of images. */
export const endpointOf = (more: Partial<Endpoint> = {}): Endpoint => ({
  service: "model",
  model: "m",
  kind: "image",
  path: "/v2/models/m/outputs",
  options: {},
  secrets: [],
  hidden: noSecrets,
  maxInputs: Infinity,
  ...more
})

/** One input by its address, with an id where one is given. */
export const callInput = (url: string, id?: string): CallInput => {
  const text = JSON.stringify({ ...(id === undefined ? {} : { id }), data: { image: { url } } })
  return { encoded: { pieces: [text], sizeBytes: Buffer.byteLength(text) }, id, url }
}

/** A good output that repeats these facts of its input. */
export const outputOf = (echo: { readonly id?: string; readonly url?: string }, name = "cat", code = 10000) => ({
  status: { code },
  input: {
    ...(echo.id === undefined ? {} : { id: echo.id }),
    ...(echo.url === undefined ? {} : { data: { image: { url: echo.url } } })
  },
  data: { concepts: [{ id: name, name, value: 0.5 }] }
})

/** A response with these outputs. */
export const responseOf = (outputs: unknown, code = 10000, member = "outputs"): CallResponse => ({
  status: { code, req_id: "r1" },
  json: outputs === undefined ? {} : { [member]: outputs },
  httpStatus: 200,
  retryAfterMs: undefined,
  attempts: 1
})
