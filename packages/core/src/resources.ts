/** Door to what a service keeps: inputs, concepts, models, versions, datasets, workflows, and searches over them. */
import "./errors/require-node.ts"
export { resources, resourcesOf, type Resources } from "./resources/resources-plugin.ts"
export { Listing, Operation } from "./resources/operation.ts"
export type { AddError, AddOptions, NewInput } from "./resources/add-inputs.ts"
export type { PageOptions } from "./resources/pages.ts"
export { bodyOf, type Owner, request, type Ask as ResourceAsk } from "./resources/resource-call.ts"
export type { ConceptCount } from "./resources/concepts.ts"
export type { DatasetRecord, DatasetVersionRecord, NewDataset } from "./resources/datasets.ts"
export type {
  ConceptEvaluation,
  Confusion,
  EvaluationRecord,
  EvaluationSummary
} from "./resources/evaluation-metrics.ts"
export type { InputChange, InputCounts, JobRecord } from "./resources/inputs.ts"
export type { NewModel } from "./resources/models.ts"
export type { ModelName } from "./resources/model-name.ts"
export type {
  ConceptRecord,
  HitRecord,
  InputRecord,
  Label,
  NewConcept,
  ModelRecord,
  ModelTypeRecord,
  Place,
  Progress,
  VersionRecord,
  WorkflowRecord
} from "./resources/records.ts"
export { handlesSource } from "./resources/generate-handles.ts"
export type { SearchOptions, Sought, Wanted } from "./resources/search.ts"
export type { TrainOptions } from "./resources/versions.ts"
export type { WaitOptions } from "./resources/poll.ts"
export type { NewWorkflow } from "./resources/workflows.ts"
