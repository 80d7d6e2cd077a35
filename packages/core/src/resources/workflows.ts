// Workflows of an app.
import * as Effect from "effect/Effect"
import type { CallError } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { WorkflowWire } from "../wire/messages/workflow-messages.ts"
import {
  DeleteWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  PatchWorkflowsRequestWire,
  PostWorkflowsRequestWire,
  SingleWorkflowResponseWire
} from "../wire/messages/workflow-requests.ts"
import { type PageOptions, pages } from "./pages.ts"
import { bodyOf, deleteListed, type Owner, remove, request } from "./resource-call.ts"
import { missing } from "./concepts.ts"
import { Listing, Operation } from "./operation.ts"
import { toWorkflowRecord, type WorkflowRecord } from "./records.ts"

/** A workflow to create: a graph whose nodes are models. */
export interface NewWorkflow {
  readonly id: string
  readonly nodes: ReadonlyArray<{
    readonly id: string
    readonly modelId: string
    readonly versionId?: string
    /** Ids of the nodes whose outputs it takes. @default the workflow's input */
    readonly after?: ReadonlyArray<string>
  }>
}

const toWire = ({ id, nodes }: NewWorkflow): WorkflowWire => ({
  id,
  nodes: nodes.map((node) => ({
    id: node.id,
    model: {
      id: node.modelId,
      ...(node.versionId === undefined ? {} : { model_version: { id: node.versionId } })
    },
    ...(node.after === undefined ? {} : { node_inputs: node.after.map((node_id) => ({ node_id })) })
  }))
})

/** Workflows: list, get, create, change, delete. A chain runs one with `.workflow(id)`. */
export const workflows = (runtime: CallRuntime) => ({
  list: ({ owner, ...options }: PageOptions & { readonly owner?: Owner } = {}): Listing<WorkflowRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiWorkflowResponseWire,
        { method: "GET", path: ["workflows"], owner },
        (answer) => answer.workflows.map(toWorkflowRecord),
        options
      )
    ),
  get: (id: string, owner: Owner = {}): Operation<WorkflowRecord, CallError> =>
    new Operation(
      `workflows.get(${id})`,
      request(runtime, SingleWorkflowResponseWire, { method: "GET", path: ["workflows", id], owner }).pipe(
        Effect.flatMap(({ workflow }) =>
          workflow ? Effect.succeed(toWorkflowRecord(workflow)) : Effect.fail(missing("workflow"))
        )
      )
    ),
  create: (created: NewWorkflow): Operation<ReadonlyArray<WorkflowRecord>, CallError> =>
    new Operation(
      `workflows.create(${created.id})`,
      request(runtime, MultiWorkflowResponseWire, {
        method: "POST",
        path: ["workflows"],
        body: bodyOf(PostWorkflowsRequestWire, { workflows: [toWire(created)] })
      }).pipe(Effect.map((answer) => answer.workflows.map(toWorkflowRecord)))
    ),
  /** Changes the nodes of a workflow: `overwrite` replaces them, `merge` adds to them. */
  change: (
    changed: NewWorkflow,
    action: "merge" | "overwrite" | "remove" = "overwrite"
  ): Operation<ReadonlyArray<WorkflowRecord>, CallError> =>
    new Operation(
      `workflows.change(${changed.id})`,
      request(runtime, MultiWorkflowResponseWire, {
        method: "PATCH",
        path: ["workflows"],
        body: bodyOf(PatchWorkflowsRequestWire, { workflows: [toWire(changed)], action })
      }).pipe(Effect.map((answer) => answer.workflows.map(toWorkflowRecord)))
    ),
  delete: (id: string): Operation<void, CallError> =>
    new Operation(`workflows.delete(${id})`, remove(runtime, { path: ["workflows", id] })),
  /** Deletes several workflows. */
  deleteMany: (ids: ReadonlyArray<string>): Operation<void, CallError> =>
    new Operation(
      "workflows.deleteMany",
      deleteListed(runtime, ["workflows"], ids, bodyOf(DeleteWorkflowsRequestWire, { ids }))
    ),
  /** Deletes every workflow of the app. */
  deleteAll: (): Operation<void, CallError> =>
    new Operation(
      "workflows.deleteAll",
      remove(runtime, { path: ["workflows"], body: bodyOf(DeleteWorkflowsRequestWire, { delete_all: true }) })
    )
})
