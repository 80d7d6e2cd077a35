/** Workflows: several models in one call, each with the input or with the output of nodes before it. */
import { StatusCode } from "@sightline/core/status"
import {
  type DataWire,
  Gettable,
  type OutputWire,
  type PostWorkflowResultsRequestWire,
  type WorkflowResultWire,
  type WorkflowWire
} from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import type { CustomNeeds, Heads } from "../models/custom.ts"
import { type PredictOptions, readOptions } from "../models/predict-options.ts"
import type { Predictor } from "../models/predictor.ts"
import { narrowMedia } from "../models/accepted-media.ts"
import type { Pretrained } from "../models/pretrained/pretrained-models.ts"
import { echoInput } from "../protocol/echo.ts"
import { checkId, newId } from "../protocol/ids.ts"
import { type DataMessage, type InputMessage, readInputs } from "../protocol/input.ts"
import { answer, type Call, type Caller, type Handler, readPage } from "../protocol/request.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import type { Database } from "../store/database.ts"
import { Store } from "../store/store.ts"
import {
  deleteWorkflows as removeWorkflows,
  findWorkflow,
  insertWorkflow,
  listWorkflows as selectWorkflows,
  updateWorkflow,
  type WorkflowRow
} from "../store/workflow-table.ts"
import { checkIds } from "./inputs.ts"
import { notHere } from "./not-implemented.ts"
import { openModel, predictOne } from "./outputs.ts"
import { readAction } from "./patch-inputs.ts"

/** A stored node. */
interface Node {
  readonly id: string
  readonly model: string
  readonly version: string
  readonly userId: string
  readonly appId: string
  /** Nodes whose output this one takes; empty for the workflow's input. */
  readonly from: ReadonlyArray<string>
}

const maxNodes = 100

const readNodes = (workflow: WorkflowWire): ReadonlyArray<Node> => {
  const nodes = (workflow.nodes ?? []).map(({ id = "", model = {}, node_inputs: inputs = [] }, index): Node => {
    const { app_id: appId = "", id: modelId = "", model_version: version, user_id: userId = "" } = model
    return {
      id: checkId(id || `node-${index}`, "node", StatusCode.WORKFLOW_INVALID_ARGUMENT),
      model: modelId,
      version: version?.id ?? "",
      userId,
      appId,
      from: inputs.map(({ node_id: from = "" }) => from)
    }
  })
  if (nodes.length > maxNodes || nodes.some(({ from }) => from.length > maxNodes))
    throw wireError(
      StatusCode.WORKFLOW_INVALID_ARGUMENT,
      `a workflow has at most ${maxNodes} nodes, and a node as many inputs`
    )
  if (nodes.length === 0)
    throw wireError(StatusCode.WORKFLOW_INVALID_ARGUMENT, "a workflow needs at least one node { id, model: { id } }")
  const seen = new Set<string>()
  for (const node of nodes) {
    if (node.model === "") throw wireError(StatusCode.WORKFLOW_INVALID_ARGUMENT, `node '${node.id}' names no model`)
    if (seen.has(node.id)) throw wireError(StatusCode.WORKFLOW_INVALID_GRAPH, `two nodes are called '${node.id}'`)
    const missing = node.from.find((id) => !seen.has(id))
    if (missing !== undefined)
      throw wireError(
        StatusCode.WORKFLOW_INVALID_GRAPH,
        `node '${node.id}' takes its input from '${missing}', which is not a node before it`
      )
    seen.add(node.id)
  }
  return nodes
}

const nodesOf = (row: WorkflowRow): ReadonlyArray<Node> => JSON.parse(row.nodes) as ReadonlyArray<Node> // written by us

const show = (row: WorkflowRow, { appId, userId }: Caller): WorkflowWire => ({
  id: row.id,
  app_id: appId,
  user_id: userId,
  created_at: row.created_at,
  modified_at: row.modified_at,
  nodes: nodesOf(row).map((node) => ({
    id: node.id,
    model: {
      id: node.model,
      ...(node.appId === "" ? {} : { app_id: node.appId }),
      user_id: node.userId,
      ...(node.version === "" ? {} : { model_version: { id: node.version } })
    },
    node_inputs: node.from.map((id) => ({ node_id: id }))
  })),
  visibility: { gettable: Gettable.PRIVATE }
})

const mustFind = (db: Database, scope: string, id = ""): WorkflowRow => {
  const row = findWorkflow(db, scope, id)
  if (row === undefined)
    throw wireError(StatusCode.WORKFLOW_DOES_NOT_EXIST, `workflow_id '${id}' not found. Check the url of your request.`)
  return row
}

export const postWorkflows: Handler<"PostWorkflows", Store> = (call) =>
  Store.use(({ write }) =>
    write((db) => {
      const given = call.request.workflows
      if (given.length === 0)
        throw wireError(
          StatusCode.WORKFLOW_INVALID_REQUEST,
          "Must supply the 'workflows' field. Check the JSON body of your request."
        )
      const rows = given.map((workflow) => {
        const id = checkId(workflow.id || newId(), "workflow", StatusCode.WORKFLOW_INVALID_ARGUMENT)
        if (findWorkflow(db, call.scope, id) !== undefined)
          throw wireError(StatusCode.WORKFLOW_DUPLICATE, `workflow_id '${id}' is already in use`)
        insertWorkflow(db, call.scope, id, JSON.stringify(readNodes(workflow)), now())
        return mustFind(db, call.scope, id)
      })
      return answer({ workflows: rows.map((row) => show(row, call)) })
    })
  )

/** Replaces nodes. */
export const patchWorkflows: Handler<"PatchWorkflows", Store> = (call) =>
  Store.use(({ write }) =>
    write((db) => {
      if (readAction(call.request.action) === "remove")
        throw wireError(
          StatusCode.WORKFLOW_INVALID_ARGUMENT,
          "the nodes of a workflow are replaced, not removed one by one"
        )
      const rows = call.request.workflows.map((workflow) => {
        const row = mustFind(db, call.scope, workflow.id)
        updateWorkflow(db, row.seq, JSON.stringify(readNodes(workflow)), now())
        return mustFind(db, call.scope, row.id)
      })
      return answer({ workflows: rows.map((row) => show(row, call)) })
    })
  )

export const listWorkflows: Handler<"ListWorkflows", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => {
      const rows = selectWorkflows(db, call.scope, readPage(call.request))
      return answer({ workflows: rows.map((row) => show(row, call)) })
    })
  )

export const getWorkflow: Handler<"GetWorkflow", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => answer({ workflow: show(mustFind(db, call.scope, call.request.workflow_id), call) }))
  )

export const deleteWorkflow: Handler<"DeleteWorkflow", Store> = ({ request, scope }) =>
  Store.use(({ write }) =>
    write((db) => {
      removeWorkflows(db, scope, [mustFind(db, scope, request.workflow_id).id])
      return answer({})
    })
  )

export const deleteWorkflows: Handler<"DeleteWorkflows", Settings | Store> = ({ request, scope }) =>
  Effect.flatMap(Settings, ({ limits }) =>
    Store.use(({ write }) =>
      write((db) => {
        const ids = checkIds(request.ids, limits.itemsPerCall)
        const all = request.delete_all === true
        if (!all && ids.length === 0)
          throw wireError(StatusCode.WORKFLOW_INVALID_REQUEST, "name the workflows to delete in ids, or set delete_all")
        removeWorkflows(db, scope, all ? "all" : ids)
        return answer({})
      })
    )
  )

type Needs = CustomNeeds | Heads | Store | Pretrained

/** One result for each input, one output for each node in their order. */
export const postResults: Handler<"PostWorkflowResults", Needs> = Effect.fn("workflows.results")(function* (
  call: Call<PostWorkflowResultsRequestWire>
) {
  const { limits, workers } = yield* Settings
  const { output_config: config = {}, version_id: version = "", workflow_id: id, workflow_state: state } = call.request
  if (version !== "") return yield* notHere("workflows have one version here; leave it out")
  const store = yield* Store
  const row = yield* store.read((db) => mustFind(db, call.scope, id))
  const inputs = readInputs(call, limits, limits.inputsPerWorkflow, StatusCode.INPUT_OVER_LIMIT)
  const options = readOptions({ output_info: { output_config: config } })
  const nodes = yield* Effect.forEach(nodesOf(row), (node) =>
    Effect.mapBoth(openModel(call, node.model, node.version, readOptions()), {
      onFailure: (error) =>
        error.code === StatusCode.MODEL_UNTRAINED
          ? wireError(StatusCode.WORKFLOW_REQUIRE_TRAINED_MODEL, error.details)
          : error,
      onSuccess: (predictor) => ({ node, predictor })
    })
  )
  const results = yield* Effect.forEach(inputs, (input) => runNodes(input, nodes, options, call.origin), {
    concurrency: workers
  })
  const { code, details } = batchResult(results.map(({ failure }) => failure))
  const stateId = state?.id ?? ""
  return answer(
    {
      workflow: show(row, call),
      results: results.map(({ result }) => result),
      ...(stateId === "" ? {} : { workflow_state: { id: stateId === "init" ? newId() : stateId } })
    },
    code,
    details
  )
})

interface OpenNode {
  readonly node: Node
  readonly predictor: Predictor<CustomNeeds>
}

const runNodes = Effect.fnUntraced(function* (
  input: InputMessage,
  nodes: ReadonlyArray<OpenNode>,
  options: PredictOptions,
  origin: string
) {
  const found = new Map<string, DataWire | undefined>()
  const outputs: Array<OutputWire> = []
  let failure: WireError | undefined
  // Each node reads the media that it takes; one that no node takes is refused by all.
  const first = nodes.filter(({ node }) => node.from.length === 0)
  const taken = new Set(first.flatMap(({ predictor }) => predictor.takes.flat()))
  const allTaken = input.data.media.every(({ kind }) => taken.has(kind))
  for (const { node, predictor } of nodes) {
    const given = withOutputs(input.data, node, found)
    const seen: InputMessage = { ...input, data: allTaken ? narrowMedia(given, predictor.takes) : given }
    const one = yield* predictOne(seen, predictor, options, undefined, origin)
    const { input: _echoed, ...output } = one.output
    outputs.push(output)
    failure ??= one.failure
    found.set(node.id, output.data)
  }
  const result: WorkflowResultWire = {
    id: newId(),
    status: failure === undefined ? itemStatus(StatusCode.SUCCESS) : itemStatus(failure.code, failure.details),
    created_at: now(),
    input: echoInput(input.id === "" ? newId() : input.id, input.data),
    outputs
  }
  return { result, failure }
})

/** A node after others takes the text that they output, or else the workflow's input. */
const withOutputs = (data: DataMessage, node: Node, found: ReadonlyMap<string, DataWire | undefined>): DataMessage => {
  const texts = node.from.map((id) => found.get(id)?.text?.raw ?? "").filter((text) => text !== "")
  if (texts.length === 0) return data
  return { ...data, media: [{ kind: "text", source: { _tag: "raw", raw: texts.join("\n") } }] }
}
