// Typed handles of workflows: models in a graph, asked with one call.
import type { Model } from "./model-handle.ts"
import { readPage } from "./page-url.ts"

/** A workflow's nodes by name, in its own order: each the model whose task types that node's answer. */
export type WorkflowNodes = Readonly<Record<string, Model>>

/** A workflow: who owns it, which version, and what its nodes are. Plain and frozen. */
export interface Workflow<out Nodes extends WorkflowNodes = WorkflowNodes> {
  readonly id: string
  readonly userId?: string
  readonly appId?: string
  readonly versionId?: string
  readonly nodes: Nodes
}

/** What {@link workflow} takes. */
export interface WorkflowOptions<Nodes extends WorkflowNodes> {
  readonly id: string
  readonly userId?: string
  readonly appId?: string
  readonly versionId?: string
  readonly nodes?: Nodes
}

/**
 * A typed handle of a workflow.
 *
 * @example workflow({ id: "faces-and-labels" }).nodes // => {}
 */
export const workflow = <const Nodes extends WorkflowNodes = {}>(options: WorkflowOptions<Nodes>): Workflow<Nodes> =>
  // Without nodes, `Nodes` is `{}`.
  Object.freeze({ ...options, nodes: Object.freeze(options.nodes ?? ({} as Nodes)) })

/** True for a workflow. */
export const isWorkflow = (handle: unknown): handle is Workflow =>
  typeof handle === "object" && handle !== null && "nodes" in handle && "id" in handle && typeof handle.id === "string"

/**
 * Reads the address of a workflow's page, `https://clarifai.com/{user}/{app}/workflows/{workflow}[/versions/{version}]`;
 * `undefined` if the text is not one.
 */
export const parseWorkflowUrl = (url: string): Workflow<{}> | undefined => {
  const page = readPage(url, "workflows")
  return page && workflow(page)
}
