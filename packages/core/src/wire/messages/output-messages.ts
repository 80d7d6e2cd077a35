// Predictions: the request, and the outputs that answer it, one for each input and in their order.
import { outputMembers } from "./prediction-output.ts"
import type { DataWire } from "./data-messages.ts"
import { InputWire, UserAppIdWire } from "./input-messages.ts"
import { bool, many, type Message, message, needed, of, shown, text } from "./table.ts"
import { quickOutput } from "../codec/decoded-form.ts"
import { ModelWire } from "./model-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** A resource named by its id and its owner. */
export interface OwnedWire {
  readonly id?: string
  readonly user_id?: string
}

/** A group of machines in a compute cluster. */
export interface NodepoolWire {
  readonly id?: string
  readonly compute_cluster?: OwnedWire
}
export const NodepoolWire: Message<NodepoolWire> = /* @__PURE__ */ message("Nodepool", () => ({
  id: text,
  compute_cluster: of(() => ComputeClusterWire)
}))
const ComputeClusterWire: Message<OwnedWire> = /* @__PURE__ */ message("ComputeCluster", () => ({
  id: text,
  user_id: text
}))
const DeploymentWire: Message<OwnedWire> = /* @__PURE__ */ message("Deployment", () => ({ id: text, user_id: text }))

/** A process that runs a model. */
export interface RunnerWire {
  readonly id?: string
}
const RunnerWire: Message<RunnerWire> = /* @__PURE__ */ message("Runner", () => ({ id: text }))

/** Where a model runs: a deployment, or a nodepool with its compute cluster, not both. */
export interface RunnerSelectorWire {
  readonly deployment?: OwnedWire
  readonly nodepool?: NodepoolWire
  readonly runner?: RunnerWire
}
export const RunnerSelectorWire: Message<RunnerSelectorWire> = /* @__PURE__ */ message("RunnerSelector", () => ({
  deployment: of(() => DeploymentWire),
  nodepool: of(() => NodepoolWire),
  runner: of(() => RunnerWire)
}))

/** Asks a model about 1 to 128 inputs. The ids travel in the path; in the body they serve gRPC and short paths. */
export interface PostModelOutputsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly model_id?: string
  readonly version_id?: string
  readonly inputs: ReadonlyArray<InputWire>
  readonly model?: ModelWire
  readonly runner_selector?: RunnerSelectorWire
  readonly use_predict_cache?: boolean
}
export const PostModelOutputsRequestWire: Message<PostModelOutputsRequestWire> = /* @__PURE__ */ message(
  "PostModelOutputsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    model_id: text,
    version_id: text,
    inputs: shown(
      many(() => InputWire),
      []
    ),
    model: of(() => ModelWire),
    runner_selector: of(() => RunnerSelectorWire),
    use_predict_cache: bool
  })
)

/** One input's answer; with a `status` of its own. */
export interface OutputWire {
  readonly id?: string
  readonly status?: StatusWire
  readonly created_at?: string
  readonly model?: ModelWire
  readonly input?: InputWire
  readonly data?: DataWire
  readonly prompt_tokens?: number
  readonly completion_tokens?: number
  readonly cached_tokens?: number
}
export const OutputWire: Message<OutputWire> = /* @__PURE__ */ message(
  "Output",
  () => ({ ...outputMembers(), model: of(() => ModelWire) }),
  quickOutput
)

/** The answer to a prediction. */
export interface MultiOutputResponseWire {
  readonly status: StatusWire
  readonly outputs: ReadonlyArray<OutputWire>
  readonly runner_selector?: RunnerSelectorWire
}
export const MultiOutputResponseWire: Message<MultiOutputResponseWire> = /* @__PURE__ */ message(
  "MultiOutputResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    outputs: shown(
      many(() => OutputWire),
      []
    ),
    runner_selector: of(() => RunnerSelectorWire)
  })
)
