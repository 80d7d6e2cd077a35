// Runners: the machines that a prediction runs on.
import { message, string } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

const computeCluster = () => ({
  id: string(1),
  description: string(2),
  region: string(4),
  user_id: string(5)
})
/** A group of nodepools. */
export interface ComputeClusterWire extends Infer<typeof computeCluster> {}
export const ComputeClusterWire: Message<ComputeClusterWire> = /* @__PURE__ */ defineMessage(
  "ComputeCluster",
  computeCluster
)

const nodepool = () => ({
  id: string(1),
  compute_cluster: message(6, () => ComputeClusterWire)
})
/** A group of machines in a compute cluster. */
export interface NodepoolWire extends Infer<typeof nodepool> {}
export const NodepoolWire: Message<NodepoolWire> = /* @__PURE__ */ defineMessage("Nodepool", nodepool)

const runner = () => ({
  id: string(1),
  description: string(2)
})
/** A process that runs a model. */
export interface RunnerWire extends Infer<typeof runner> {}
export const RunnerWire: Message<RunnerWire> = /* @__PURE__ */ defineMessage("Runner", runner)

const deployment = () => ({
  id: string(1),
  user_id: string(2),
  description: string(10)
})
/** A model on nodepools, with its own id. */
export interface DeploymentWire extends Infer<typeof deployment> {}
export const DeploymentWire: Message<DeploymentWire> = /* @__PURE__ */ defineMessage("Deployment", deployment)

const runnerSelector = () => ({
  nodepool: message(1, () => NodepoolWire),
  runner: message(2, () => RunnerWire),
  deployment: message(3, () => DeploymentWire)
})
/** Where a prediction runs: a deployment, or a nodepool with its compute cluster, not both. */
export interface RunnerSelectorWire extends Infer<typeof runnerSelector> {}
export const RunnerSelectorWire: Message<RunnerSelectorWire> = /* @__PURE__ */ defineMessage(
  "RunnerSelector",
  runnerSelector
)
