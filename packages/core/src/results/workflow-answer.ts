/** What a workflow answers: for each input, one answer or failure of each of its nodes. */
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import type { Kind } from "../media/media.ts"
import type { Model } from "../models/model-handle.ts"
import type { Task } from "../models/task.ts"
import type { Workflow, WorkflowNodes } from "../models/workflow-handle.ts"
import { type Answer, toAnswer } from "./answer.ts"
import type { Output } from "./output.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import { decode } from "../wire/codec/decode-json.ts"
import { PredictionOutputWire } from "../wire/messages/prediction-output.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import type { RunResult } from "./outcome.ts"

/** A workflow's answer about one input. A node that failed leaves the other nodes' answers standing. */
export interface WorkflowAnswer<out Nodes extends WorkflowNodes = WorkflowNodes, out K extends Kind = Kind> {
  /** The id that the caller gave the input, or the service's. */
  readonly inputId: string
  /** Each named node's answer, typed by its model. */
  readonly nodes: {
    readonly [Name in keyof Nodes]: Nodes[Name] extends Model<infer T, any, infer N>
      ? RunResult<Answer<T, K, N>, CallError>
      : never
  }
  /** Every node's output in the order of the service, with all parts that an output can have. */
  readonly outputs: ReadonlyArray<RunResult<Output, CallError>>
}

/** How the output of one node is decoded. */
interface NodeDecoding {
  /** The error of a status that is not a success. `call/` knows the statuses. */
  readonly statusError: (status: StatusWire, model: string) => CallError | undefined
  /** Adds to an answer the medium that it is about. */
  readonly aboutMedium: (answer: object) => object
}

const convert = (
  model: string,
  task: Task,
  kind: Kind,
  json: unknown,
  { aboutMedium, statusError }: NodeDecoding
): RunResult<unknown, CallError> => {
  const malformed = (path: string, problem: string): RunResult<unknown, CallError> => ({
    ok: false,
    error: new MalformedAnswer({ model, problem: `${path}: ${problem}` })
  })
  const output = decode(PredictionOutputWire, json)
  if (!output.ok) return malformed(output.problem.path, output.problem.problem)
  const { status } = output.value
  const error = status === undefined ? undefined : statusError(status, model)
  if (error !== undefined) return { ok: false, error }
  const answer = toAnswer(task, kind, output.value)
  return answer.ok
    ? { ok: true, value: aboutMedium(answer.value) }
    : malformed(answer.problem.path, answer.problem.problem)
}

const modelOf = (json: unknown): string | undefined => {
  const output = decode(PredictionOutputWire, json)
  return output.ok ? output.value.model?.id : undefined
}

/** Decodes one input's workflow result. `result`: the service's message for the input, with a list `outputs`. */
export const toWorkflowAnswer = (
  workflow: Workflow,
  kind: Kind,
  result: OutputWire,
  decoding: NodeDecoding
): WorkflowAnswer => {
  // A result has what an output has, and a member more, which the decoder has left as it came.
  const given: unknown = "outputs" in result ? result.outputs : undefined
  const outputs: ReadonlyArray<unknown> = Array.isArray(given) ? given : []
  const names = Object.keys(workflow.nodes)
  const left = new Set(outputs.keys())
  const nodes = names.map((name, position) => {
    const model = workflow.nodes[name]
    // By the model that answered; by position where the service names it otherwise and no node keeps quiet.
    const byModel = [...left].find((i) => modelOf(outputs[i]) === model?.id)
    const at = byModel ?? (outputs.length === names.length && left.has(position) ? position : undefined)
    if (at === undefined || model === undefined)
      return [
        name,
        { ok: false, error: new MalformedAnswer({ model: workflow.id, problem: `it has no output of ${name}` }) }
      ]
    left.delete(at)
    return [name, convert(model.id, model.task, kind, outputs[at], decoding)]
  })
  return {
    inputId: result.input?.id ?? "",
    // One entry for each name, made by the task of its model.
    nodes: Object.fromEntries(nodes) as WorkflowAnswer["nodes"],
    // The task `unknown` gives the general output.
    outputs: outputs.map(
      (output) => convert(workflow.id, "unknown", kind, output, decoding) as RunResult<Output, CallError>
    )
  }
}
