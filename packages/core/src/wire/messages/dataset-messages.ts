// Datasets: named collections of inputs, and their versions.
import { VisibilityWire } from "./concept-messages.ts"
import { message, string, struct, timestamp } from "./field.ts"
import { InputWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { StatusWire } from "./status-messages.ts"

const datasetVersion = () => ({
  id: string(1),
  created_at: timestamp(2),
  modified_at: timestamp(3),
  app_id: string(4),
  user_id: string(5),
  dataset_id: string(6),
  status: message(8, () => StatusWire),
  description: string(10),
  metadata: struct(12),
  visibility: message(13, () => VisibilityWire)
})
/** State of a dataset at one time; ready when its status is 64015. */
export interface DatasetVersionWire extends Infer<typeof datasetVersion> {}
export const DatasetVersionWire: Message<DatasetVersionWire> = /* @__PURE__ */ defineMessage(
  "DatasetVersion",
  datasetVersion
)

const dataset = () => ({
  id: string(1),
  created_at: timestamp(2),
  modified_at: timestamp(3),
  app_id: string(4),
  user_id: string(5),
  description: string(7),
  metadata: struct(8),
  visibility: message(9, () => VisibilityWire),
  notes: string(11),
  version: message(13, () => DatasetVersionWire)
})
/** A named collection of inputs. */
export interface DatasetWire extends Infer<typeof dataset> {}
export const DatasetWire: Message<DatasetWire> = /* @__PURE__ */ defineMessage("Dataset", dataset)

const datasetInput = () => ({
  created_at: timestamp(1),
  input: message(2, () => InputWire)
})
/** An input in a dataset. */
export interface DatasetInputWire extends Infer<typeof datasetInput> {}
export const DatasetInputWire: Message<DatasetInputWire> = /* @__PURE__ */ defineMessage("DatasetInput", datasetInput)
