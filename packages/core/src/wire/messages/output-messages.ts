// Predictions: the request, and one output for each of its inputs.
import { always, bool, message, repeated, required, string } from "./field.ts"
import { InputWire, UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { ModelWire } from "./model-messages.ts"
import { outputFields } from "./prediction-output.ts"
import { RunnerSelectorWire } from "./runner-messages.ts"
import { StatusWire } from "./status-messages.ts"

const postModelOutputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3),
  inputs: always(repeated(message(4, () => InputWire)), []),
  model: message(5, () => ModelWire),
  runner_selector: message(6, () => RunnerSelectorWire),
  use_predict_cache: bool(7),
  enable_log_summary_on_error: bool(8)
})
/** Predicts 1 to 128 inputs. Over HTTP the path has the ids; over gRPC and on short paths the message has them. */
export interface PostModelOutputsRequestWire extends Infer<typeof postModelOutputsRequest> {}
export const PostModelOutputsRequestWire: Message<PostModelOutputsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostModelOutputsRequest",
  postModelOutputsRequest
)

const output = () => outputFields(() => ModelWire)
/** Prediction of one input, with its own status. */
export interface OutputWire extends Infer<typeof output> {}
export const OutputWire: Message<OutputWire> = /* @__PURE__ */ defineMessage("Output", output)

const multiOutputResponse = () => ({
  status: required(message(1, () => StatusWire)),
  outputs: always(repeated(message(2, () => OutputWire)), []),
  runner_selector: message(3, () => RunnerSelectorWire)
})
/** One output for each input, in the order of the inputs. */
export interface MultiOutputResponseWire extends Infer<typeof multiOutputResponse> {}
export const MultiOutputResponseWire: Message<MultiOutputResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiOutputResponse",
  multiOutputResponse
)
