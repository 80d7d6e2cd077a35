/** Prints an endpoint: the members of a request beside its inputs, and the text of a body around them. */
import type { ConceptWire } from "../wire/messages/concept-messages.ts"
import type { OutputConfigWire } from "../wire/messages/model-messages.ts"
import type { PostModelOutputsRequestWire } from "../wire/messages/output-messages.ts"
import type { RunnerSelectorWire } from "../wire/messages/runner-messages.ts"
import type { PostWorkflowResultsRequestWire } from "../wire/messages/workflow-requests.ts"
import type { Endpoint, RequestOptions } from "./endpoint.ts"
import type { RunnerSelector } from "./predict-options.ts"

/** A request without its inputs. */
export type RequestMembers = Omit<PostModelOutputsRequestWire, "inputs"> &
  Omit<PostWorkflowResultsRequestWire, "inputs">

/** The platform's own concepts have ids of this form, which no name has. */
const selectConcept = (concept: string): ConceptWire =>
  /^ai_\w{8}$/.test(concept) ? { id: concept, value: 1 } : { name: concept, value: 1 }

const outputConfig = (options: RequestOptions): OutputConfigWire | undefined => {
  const config = {
    ...(options.top === undefined ? {} : { max_concepts: options.top }),
    ...(options.atLeast === undefined ? {} : { min_value: options.atLeast }),
    ...(options.concepts === undefined ? {} : { select_concepts: options.concepts.map(selectConcept) }),
    ...(options.language === undefined ? {} : { language: options.language }),
    ...(options.sampleMs === undefined ? {} : { sample_ms: options.sampleMs })
  }
  return Object.keys(config).length === 0 ? undefined : config
}

const owned = ({ id, userId }: { readonly id: string; readonly userId?: string }) => ({
  id,
  ...(userId === undefined ? {} : { user_id: userId })
})

const runnerSelector = ({ deployment, nodepool, runner }: RunnerSelector): RunnerSelectorWire => ({
  ...(deployment === undefined ? {} : { deployment: owned(deployment) }),
  ...(nodepool === undefined
    ? {}
    : {
        nodepool: {
          id: nodepool.id,
          compute_cluster: owned({ ...nodepool, id: nodepool.computeClusterId })
        }
      }),
  ...(runner === undefined ? {} : { runner: { id: runner.id } })
})

/** Everything of the request beside its inputs. */
export const requestMembers = ({ options, service }: Pick<Endpoint, "options" | "service">): RequestMembers => {
  const config = outputConfig(options)
  if (service === "workflow") return config === undefined ? {} : { output_config: config }
  const { params, runner } = options
  const info = {
    ...(params === undefined || Object.keys(params).length === 0 ? {} : { params }),
    ...(config === undefined ? {} : { output_config: config })
  }
  return {
    ...(Object.keys(info).length === 0 ? {} : { model: { model_version: { output_info: info } } }),
    ...(runner === undefined ? {} : { runner_selector: runnerSelector(runner) })
  }
}

/** A body's text before the first input and after the last. */
export const bodyFrame = (endpoint: Endpoint): { readonly head: string; readonly tail: string } => {
  const members = JSON.stringify(requestMembers(endpoint))
  return { head: `{"inputs":[`, tail: members === "{}" ? "]}" : `],${members.slice(1)}` }
}

/** Equal for endpoints whose inputs may share a call. */
export const endpointKey = (endpoint: Endpoint): string =>
  `${endpoint.kind} ${endpoint.path} ${JSON.stringify(requestMembers(endpoint))}`
