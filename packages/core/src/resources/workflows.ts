// An app's workflows.
import * as Effect from "effect/Effect"
import type { CallError } from "../errors.ts"
import type { Wire } from "../transport/exchange.ts"
import { BaseResponseWire } from "../wire/status.ts"
import { MultiWorkflowResponseWire, PostWorkflowsRequestWire, SingleWorkflowResponseWire } from "../wire/workflow.ts"
import { bodyOf, type Owner, type PageOptions, pages, request } from "./call.ts"
import { missing } from "./concepts.ts"
import { Listing, Operation } from "./operation.ts"
import { toWorkflowRecord, type WorkflowRecord } from "./records.ts"

/** A workflow to create: nodes, each a model, fed by the input or by other nodes. */
export interface NewWorkflow {
  readonly id: string
  readonly nodes: ReadonlyArray<{
    readonly id: string
    readonly modelId: string
    readonly versionId?: string
    /** Ids of the nodes whose outputs it takes; the input itself when absent. */
    readonly after?: ReadonlyArray<string>
  }>
}

/** Workflows: list, look at, create, delete. A chain runs one with `.workflow(id)`. */
export const workflows = (wire: Wire) => ({
  list: ({ owner, ...options }: PageOptions & { readonly owner?: Owner } = {}): Listing<WorkflowRecord, CallError> =>
    new Listing(
      pages(
        wire,
        MultiWorkflowResponseWire,
        { method: "GET", path: ["workflows"], owner },
        (answer) => answer.workflows.map(toWorkflowRecord),
        options
      )
    ),
  get: (id: string, owner: Owner = {}): Operation<WorkflowRecord, CallError> =>
    new Operation(
      `workflows.get(${id})`,
      request(wire, SingleWorkflowResponseWire, { method: "GET", path: ["workflows", id], owner }).pipe(
        Effect.flatMap(({ workflow }) =>
          workflow ? Effect.succeed(toWorkflowRecord(workflow)) : Effect.fail(missing("workflow"))
        )
      )
    ),
  create: ({ id, nodes }: NewWorkflow): Operation<ReadonlyArray<WorkflowRecord>, CallError> =>
    new Operation(
      `workflows.create(${id})`,
      request(wire, MultiWorkflowResponseWire, {
        method: "POST",
        path: ["workflows"],
        body: bodyOf(PostWorkflowsRequestWire, {
          workflows: [
            {
              id,
              nodes: nodes.map((node) => ({
                id: node.id,
                model: {
                  id: node.modelId,
                  ...(node.versionId === undefined ? {} : { model_version: { id: node.versionId } })
                },
                ...(node.after === undefined ? {} : { node_inputs: node.after.map((node_id) => ({ node_id })) })
              }))
            }
          ]
        })
      }).pipe(Effect.map((answer) => answer.workflows.map(toWorkflowRecord)))
    ),
  delete: (id: string): Operation<void, CallError> =>
    new Operation(
      `workflows.delete(${id})`,
      Effect.asVoid(request(wire, BaseResponseWire, { method: "DELETE", path: ["workflows", id] }))
    )
})
