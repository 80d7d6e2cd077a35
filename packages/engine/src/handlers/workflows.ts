/** Workflows: several models in one call, each with the input or with the output of nodes before it. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { newId, checkId } from "../protocol/ids.ts"
import { type DataMessage, type InputMessage, readInputs } from "../protocol/input.ts"
import { echoInput } from "../protocol/echo.ts"
import type { Wire, WireObject } from "../protocol/json.ts"
import { type Message, readFlag, readMessage, readMessages, readText } from "../protocol/read.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { CustomNeeds, Heads } from "../models/custom.ts"
import { type PredictOptions, readOptions } from "../models/predict-options.ts"
import type { Predictor } from "../models/predictor.ts"
import type { Pretrained } from "../models/pretrained/catalog.ts"
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
import { readIds } from "./inputs.ts"
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

const readNodes = (workflow: Message): ReadonlyArray<Node> => {
  const nodes = readMessages(workflow, "nodes").map((node, index): Node => {
    const model = readMessage(node, "model")
    const version = readMessage(model, "model_version")
    return {
      id: checkId(readText(node, "id") || `node-${index}`, "node", StatusCode.WORKFLOW_INVALID_ARGUMENT),
      model: readText(model, "id"),
      version: readText(version, "id") || readText(model, "model_version_id"),
      userId: readText(model, "user_id"),
      appId: readText(model, "app_id"),
      from: readMessages(node, "node_inputs").map((input) => readText(input, "node_id"))
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

const show = (row: WorkflowRow, { appId, userId }: Call): WireObject => ({
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
      ...(node.userId === "" ? {} : { user_id: node.userId }),
      ...(node.version === "" ? {} : { model_version: { id: node.version } })
    },
    ...(node.from.length === 0 ? {} : { node_inputs: node.from.map((id) => ({ node_id: id })) })
  })),
  visibility: { gettable: 10 }
})

const mustFind = (db: Database, scope: string, id: string): WorkflowRow => {
  const row = findWorkflow(db, scope, id)
  if (row === undefined)
    throw wireError(StatusCode.WORKFLOW_DOES_NOT_EXIST, `workflow_id '${id}' not found. Check the url of your request.`)
  return row
}

/** `POST workflows` */
export const postWorkflows = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      const given = readMessages(call.body, "workflows")
      if (given.length === 0)
        throw wireError(
          StatusCode.WORKFLOW_INVALID_REQUEST,
          "Must supply the 'workflows' field. Check the JSON body of your request."
        )
      const rows = given.map((workflow) => {
        const id = checkId(readText(workflow, "id") || newId(), "workflow", StatusCode.WORKFLOW_INVALID_ARGUMENT)
        if (findWorkflow(db, call.scope, id) !== undefined)
          throw wireError(StatusCode.WORKFLOW_DUPLICATE, `workflow_id '${id}' is already in use`)
        insertWorkflow(db, call.scope, id, JSON.stringify(readNodes(workflow)), now())
        return mustFind(db, call.scope, id)
      })
      return answer({ workflows: rows.map((row) => show(row, call)) })
    })
  )

/** `PATCH workflows`: replaces nodes. */
export const patchWorkflows = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      if (readAction(call.body) === "remove")
        throw wireError(
          StatusCode.WORKFLOW_INVALID_ARGUMENT,
          "the nodes of a workflow are replaced, not removed one by one"
        )
      const rows = readMessages(call.body, "workflows").map((workflow) => {
        const row = mustFind(db, call.scope, readText(workflow, "id"))
        updateWorkflow(db, row.seq, JSON.stringify(readNodes(workflow)), now())
        return mustFind(db, call.scope, row.id)
      })
      return answer({ workflows: rows.map((row) => show(row, call)) })
    })
  )

/** `GET workflows` */
export const listWorkflows = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) =>
      answer({ workflows: selectWorkflows(db, call.scope, readPage(call.query)).map((row) => show(row, call)) })
    )
  )

/** `GET workflows/{id}` */
export const getWorkflow = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => answer({ workflow: show(mustFind(db, call.scope, call.params["workflow"] ?? ""), call) }))
  )

/** `DELETE workflows/{id}` and `DELETE workflows` */
export const deleteWorkflows = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Settings | Store> {
  const { limits } = yield* Settings
  return yield* Store.use((store) =>
    store.write((db) => {
      const one = call.params["workflow"]
      const ids = one === undefined ? readIds(call.body, limits.itemsPerCall) : [one]
      const all = one === undefined && readFlag(call.body, "delete_all") === true
      if (!all && ids.length === 0)
        throw wireError(StatusCode.WORKFLOW_INVALID_REQUEST, "name the workflows to delete in ids, or set delete_all")
      if (one !== undefined) mustFind(db, call.scope, one)
      removeWorkflows(db, call.scope, all ? "all" : ids)
      return answer({})
    })
  )
})

type Needs = CustomNeeds | Heads | Store | Pretrained

/** `POST workflows/{id}/results`: one result for each input, one output for each node in their order. */
export const postResults = Effect.fn("workflows.results")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Needs> {
  const { limits, workers } = yield* Settings
  const store = yield* Store
  const row = yield* store.read((db) => mustFind(db, call.scope, call.params["workflow"] ?? ""))
  const inputs = readInputs(call.body, limits, limits.inputsPerWorkflow, StatusCode.INPUT_OVER_LIMIT)
  const options = readOptions({ model: { output_info: { output_config: call.body["output_config"] } } })
  const nodes = yield* Effect.forEach(nodesOf(row), (node) =>
    Effect.mapBoth(openModel(callOf(call, node)), {
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
  const state = readText(readMessage(call.body, "workflow_state"), "id")
  return answer(
    {
      workflow: show(row, call),
      results: results.map(({ result }) => result),
      ...(state === "" ? {} : { workflow_state: { id: state === "init" ? newId() : state } })
    },
    code,
    details
  )
})

const callOf = (call: Call, node: Node): Call => ({
  ...call,
  body: {},
  params: { model: node.model, ...(node.version === "" ? {} : { version: node.version }) }
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
  const found = new Map<string, WireObject>()
  const outputs: Array<WireObject> = []
  let failure: WireError | undefined
  for (const { node, predictor } of nodes) {
    const seen: InputMessage = { ...input, data: withOutputs(input.data, node, found) }
    const one = yield* predictOne(seen, predictor, options, undefined, origin)
    const { input: _echoed, ...output } = one.output
    outputs.push(output)
    failure ??= one.failure
    const data = one.output["data"]
    if (typeof data === "object" && data !== null && !Array.isArray(data)) found.set(node.id, data as WireObject) // not a list
  }
  const result: WireObject = {
    id: newId(),
    status: failure === undefined ? itemStatus(StatusCode.SUCCESS) : itemStatus(failure.code, failure.details),
    created_at: now(),
    input: echoInput(input.id === "" ? newId() : input.id, input.data),
    outputs
  }
  return { result, failure }
})

/** A node after others takes the text that they output, or else the workflow's input. */
const withOutputs = (data: DataMessage, node: Node, found: ReadonlyMap<string, WireObject>): DataMessage => {
  const texts = node.from.map((id) => textOf(found.get(id)?.["text"])).filter((text) => text !== "")
  return texts.length === 0 ? data : { ...data, media: { text: { _tag: "raw", raw: texts.join("\n") } } }
}

const textOf = (text: Wire): string =>
  typeof text === "object" && text !== null && "raw" in text && typeof text.raw === "string" ? text.raw : ""
