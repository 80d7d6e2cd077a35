// Workflows: graphs of models; one result for each input, one output for each node.
import { VisibilityWire } from "./concept-messages.ts"
import { InputWire, UserAppIdWire } from "./input-messages.ts"
import {
  bool,
  type JsonObject,
  many,
  map,
  type Message,
  message,
  needed,
  of,
  shown,
  struct,
  text,
  texts,
  time
} from "./table.ts"
import { ModelWire, OutputConfigWire, OutputInfoWire } from "./model-messages.ts"
import { OutputWire, RunnerSelectorWire } from "./output-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** Whose answer a node takes. */
export interface NodeInputWire {
  readonly node_id?: string
}
export const NodeInputWire: Message<NodeInputWire> = /* @__PURE__ */ message("NodeInput", () => ({ node_id: text }))

/** A model in a workflow, and whose answers it takes. */
export interface WorkflowNodeWire {
  readonly id?: string
  readonly model?: ModelWire
  readonly node_inputs?: ReadonlyArray<NodeInputWire>
  readonly suppress_output?: boolean
  readonly output_info_override?: OutputInfoWire
}
export const WorkflowNodeWire: Message<WorkflowNodeWire> = /* @__PURE__ */ message("WorkflowNode", () => ({
  id: text,
  model: of(() => ModelWire),
  node_inputs: many(() => NodeInputWire),
  suppress_output: bool,
  output_info_override: of(() => OutputInfoWire)
}))

/** A workflow as it was at one time. */
export interface WorkflowVersionWire {
  readonly id?: string
  readonly workflow_id?: string
  readonly created_at?: string
  readonly nodes?: ReadonlyArray<WorkflowNodeWire>
}
export const WorkflowVersionWire: Message<WorkflowVersionWire> = /* @__PURE__ */ message("WorkflowVersion", () => ({
  id: text,
  workflow_id: text,
  created_at: time,
  nodes: many(() => WorkflowNodeWire)
}))

/** Models in a graph. */
export interface WorkflowWire {
  readonly id?: string
  readonly app_id?: string
  readonly user_id?: string
  readonly created_at?: string
  readonly modified_at?: string
  readonly nodes?: ReadonlyArray<WorkflowNodeWire>
  readonly metadata?: JsonObject
  readonly visibility?: VisibilityWire
  readonly version?: WorkflowVersionWire
  readonly description?: string
}
export const WorkflowWire: Message<WorkflowWire> = /* @__PURE__ */ message("Workflow", () => ({
  id: text,
  app_id: text,
  user_id: text,
  created_at: time,
  modified_at: time,
  nodes: many(() => WorkflowNodeWire),
  metadata: struct,
  visibility: of(() => VisibilityWire),
  version: of(() => WorkflowVersionWire),
  description: text
}))

/** `init` to begin a state, its id to go on with it; kept for five minutes. */
export interface WorkflowStateWire {
  readonly id?: string
}
export const WorkflowStateWire: Message<WorkflowStateWire> = /* @__PURE__ */ message("WorkflowState", () => ({
  id: text
}))

/** Runs a workflow over 1 to 32 inputs. */
export interface PostWorkflowResultsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly inputs: ReadonlyArray<InputWire>
  readonly output_config?: OutputConfigWire
  readonly workflow_state?: WorkflowStateWire
  readonly node_runner_selectors?: Readonly<Record<string, RunnerSelectorWire>>
}
export const PostWorkflowResultsRequestWire: Message<PostWorkflowResultsRequestWire> = /* @__PURE__ */ message(
  "PostWorkflowResultsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    inputs: shown(
      many(() => InputWire),
      []
    ),
    output_config: of(() => OutputConfigWire),
    workflow_state: of(() => WorkflowStateWire),
    node_runner_selectors: map(() => RunnerSelectorWire)
  })
)

/** One input's answer: an output for each node, in the order of the nodes. */
export interface WorkflowResultWire {
  readonly id?: string
  readonly status?: StatusWire
  readonly created_at?: string
  readonly input?: InputWire
  readonly outputs?: ReadonlyArray<OutputWire>
}
export const WorkflowResultWire: Message<WorkflowResultWire> = /* @__PURE__ */ message("WorkflowResult", () => ({
  id: text,
  status: of(() => StatusWire),
  created_at: time,
  input: of(() => InputWire),
  outputs: many(() => OutputWire)
}))

/** A result for each input, in order. */
export interface PostWorkflowResultsResponseWire {
  readonly status: StatusWire
  readonly workflow?: WorkflowWire
  readonly results: ReadonlyArray<WorkflowResultWire>
  readonly workflow_state?: WorkflowStateWire
}
export const PostWorkflowResultsResponseWire: Message<PostWorkflowResultsResponseWire> = /* @__PURE__ */ message(
  "PostWorkflowResultsResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    workflow: of(() => WorkflowWire),
    results: shown(
      many(() => WorkflowResultWire),
      []
    ),
    workflow_state: of(() => WorkflowStateWire)
  })
)

/** Creates workflows. */
export interface PostWorkflowsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly workflows: ReadonlyArray<WorkflowWire>
}
export const PostWorkflowsRequestWire: Message<PostWorkflowsRequestWire> = /* @__PURE__ */ message(
  "PostWorkflowsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    workflows: shown(
      many(() => WorkflowWire),
      []
    )
  })
)

/** Changes workflows; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchWorkflowsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly workflows: ReadonlyArray<WorkflowWire>
  readonly action: string
}
export const PatchWorkflowsRequestWire: Message<PatchWorkflowsRequestWire> = /* @__PURE__ */ message(
  "PatchWorkflowsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    workflows: shown(
      many(() => WorkflowWire),
      []
    ),
    action: shown(text, "")
  })
)

/** Deletes the workflows with these ids, or all. */
export interface DeleteWorkflowsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly ids?: ReadonlyArray<string>
  readonly delete_all?: boolean
}
export const DeleteWorkflowsRequestWire: Message<DeleteWorkflowsRequestWire> = /* @__PURE__ */ message(
  "DeleteWorkflowsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    ids: texts,
    delete_all: bool
  })
)

/** One workflow. */
export interface SingleWorkflowResponseWire {
  readonly status: StatusWire
  readonly workflow?: WorkflowWire
}
export const SingleWorkflowResponseWire: Message<SingleWorkflowResponseWire> = /* @__PURE__ */ message(
  "SingleWorkflowResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    workflow: of(() => WorkflowWire)
  })
)

/** A page of workflows. */
export interface MultiWorkflowResponseWire {
  readonly status: StatusWire
  readonly workflows: ReadonlyArray<WorkflowWire>
}
export const MultiWorkflowResponseWire: Message<MultiWorkflowResponseWire> = /* @__PURE__ */ message(
  "MultiWorkflowResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    workflows: shown(
      many(() => WorkflowWire),
      []
    )
  })
)
