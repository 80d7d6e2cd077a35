// What predictions read of an output: of its model only the ids. The tables of whole models are a third of all tables,
// which a program that only predicts does not need, and a prediction is not lost for a detail in them.
import { DataWire } from "./data-messages.ts"
import { always, message, repeated, required, string, timestamp, uint32 } from "./field.ts"
import { InputWire } from "./input-messages.ts"
import { defineMessage, type Message } from "./message.ts"
import type { MultiOutputResponseWire, OutputWire } from "./output-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** The fields of an output whose model is read as `model`. */
export const outputFields = <Model>(model: () => Message<Model>) => ({
  id: string(1),
  status: message(2, () => StatusWire),
  created_at: timestamp(3),
  model: message(4, model),
  input: message(5, () => InputWire),
  data: message(6, () => DataWire),
  prompt_tokens: uint32(7),
  completion_tokens: uint32(8),
  cached_tokens: uint32(9)
})

/** A model or a version, by its id alone. */
export interface NamedWire {
  readonly id?: string
  readonly model_version?: NamedWire
}
export const VersionIdWire: Message<NamedWire> = /* @__PURE__ */ defineMessage("ModelVersion", () => ({
  id: string(1)
}))
export const ModelIdsWire: Message<NamedWire> = /* @__PURE__ */ defineMessage("Model", () => ({
  id: string(1),
  model_version: message(6, () => VersionIdWire)
}))

/** One output, checked as {@link OutputWire} is, except for its model: what else the model has is left as it came. */
export const PredictionOutputWire: Message<OutputWire> = /* @__PURE__ */ defineMessage("Output", () =>
  outputFields(() => ModelIdsWire)
)

/** The outputs of one response. */
export const PredictionOutputsWire: Message<Omit<MultiOutputResponseWire, "runner_selector">> =
  /* @__PURE__ */ defineMessage("MultiOutputResponse", () => ({
    status: required(message(1, () => StatusWire)),
    outputs: always(repeated(message(2, () => PredictionOutputWire)), [])
  }))
