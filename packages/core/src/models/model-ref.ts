/** References to models and workflows, as callers give them. */
import type { Model } from "./model-handle.ts"
import type { Workflow } from "./workflow-handle.ts"

/** A typed handle, or an id or page URL. */
export type ModelRef = Model | string

/** What a prediction is made with: a model, or a workflow of several. */
export type ModelOrWorkflow = ModelRef | Workflow

/** The id of a model or workflow, or the text that the caller gave. */
export const modelName = (model: ModelOrWorkflow): string => (typeof model === "string" ? model : model.id)
