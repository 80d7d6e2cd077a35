// Workflows: graphs of models.
import { VisibilityWire } from "./concept-messages.ts"
import { bool, message, repeated, string, struct, timestamp } from "./field.ts"
import { InputWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { ModelWire, OutputInfoWire } from "./model-messages.ts"
import { OutputWire } from "./output-messages.ts"
import { StatusWire } from "./status-messages.ts"

const nodeInput = () => ({
  node_id: string(1)
})
/** The node whose output is the input of another. */
export interface NodeInputWire extends Infer<typeof nodeInput> {}
export const NodeInputWire: Message<NodeInputWire> = /* @__PURE__ */ defineMessage("NodeInput", nodeInput)

const workflowNode = () => ({
  id: string(1),
  model: message(2, () => ModelWire),
  node_inputs: repeated(message(3, () => NodeInputWire)),
  suppress_output: bool(4),
  output_info_override: message(5, () => OutputInfoWire)
})
/** A model in a workflow, and the nodes whose outputs it takes. */
export interface WorkflowNodeWire extends Infer<typeof workflowNode> {}
export const WorkflowNodeWire: Message<WorkflowNodeWire> = /* @__PURE__ */ defineMessage("WorkflowNode", workflowNode)

const workflowVersion = () => ({
  id: string(1),
  workflow_id: string(2),
  created_at: timestamp(3),
  nodes: repeated(message(6, () => WorkflowNodeWire))
})
/** One state of a workflow. */
export interface WorkflowVersionWire extends Infer<typeof workflowVersion> {}
export const WorkflowVersionWire: Message<WorkflowVersionWire> = /* @__PURE__ */ defineMessage(
  "WorkflowVersion",
  workflowVersion
)

const workflow = () => ({
  id: string(1),
  app_id: string(2),
  created_at: timestamp(3),
  nodes: repeated(message(4, () => WorkflowNodeWire)),
  metadata: struct(5),
  visibility: message(6, () => VisibilityWire),
  user_id: string(7),
  modified_at: timestamp(8),
  version: message(9, () => WorkflowVersionWire),
  description: string(12)
})
/** A graph of models. */
export interface WorkflowWire extends Infer<typeof workflow> {}
export const WorkflowWire: Message<WorkflowWire> = /* @__PURE__ */ defineMessage("Workflow", workflow)

const workflowState = () => ({
  id: string(1)
})
/** `init` starts a state, its id continues it; the service keeps it for five minutes. */
export interface WorkflowStateWire extends Infer<typeof workflowState> {}
export const WorkflowStateWire: Message<WorkflowStateWire> = /* @__PURE__ */ defineMessage(
  "WorkflowState",
  workflowState
)

const workflowResult = () => ({
  id: string(1),
  status: message(2, () => StatusWire),
  created_at: timestamp(3),
  input: message(5, () => InputWire),
  outputs: repeated(message(6, () => OutputWire))
})
/** Prediction of one input: one output for each node, in the order of the nodes. */
export interface WorkflowResultWire extends Infer<typeof workflowResult> {}
export const WorkflowResultWire: Message<WorkflowResultWire> = /* @__PURE__ */ defineMessage(
  "WorkflowResult",
  workflowResult
)
