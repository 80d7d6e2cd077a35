/** The routes: one line each. Paths are the short forms; every one below `v2` also exists below a user and app. */
import type * as Effect from "effect/Effect"
import * as apps from "../handlers/apps.ts"
import * as concepts from "../handlers/concepts.ts"
import * as exports from "../handlers/exports.ts"
import * as addInputs from "../handlers/add-inputs.ts"
import * as inputs from "../handlers/inputs.ts"
import * as languages from "../handlers/languages.ts"
import * as media from "../handlers/media.ts"
import * as metrics from "../handlers/metrics.ts"
import * as modelTypes from "../handlers/model-types.ts"
import * as models from "../handlers/models.ts"
import { notHere } from "../handlers/not-here.ts"
import * as outputs from "../handlers/outputs.ts"
import * as patches from "../handlers/patch-inputs.ts"
import * as searches from "../handlers/searches.ts"
import * as statusCodes from "../handlers/status-codes.ts"
import * as versions from "../handlers/versions.ts"
import * as workflows from "../handlers/workflows.ts"
import type { Jobs } from "../jobs/jobs.ts"
import type { BodyBudget } from "./body-budget.ts"
import type { CustomNeeds, Heads } from "../models/custom.ts"
import type { Pretrained } from "../models/pretrained/catalog.ts"
import type { WireObject } from "../protocol/json.ts"
import type { Answer, Call } from "../protocol/request.ts"
import type { WireError } from "../protocol/wire-error.ts"

/** All services that handlers need. */
export type Needs = CustomNeeds | Heads | Pretrained | Jobs | BodyBudget

/** A method and path, its handler, and the list that its answers always contain, even errors. */
export interface Route {
  readonly method: string
  readonly path: ReadonlyArray<string>
  readonly handler: (call: Call) => Effect.Effect<Answer, WireError, Needs>
  readonly empty: WireObject | undefined
  readonly writes: boolean
}

const route = (line: string, handler: Route["handler"], list?: string, writes?: boolean): Route => {
  const [method = "", path = ""] = line.split(" ")
  return {
    method,
    path: path.split("/").filter((part) => part !== ""),
    handler,
    empty: list === undefined ? undefined : { [list]: [] },
    writes: writes ?? method !== "GET"
  }
}

const readsOnly = false

/** Literal paths come before paths with parameters of the same length. */
export const routes: ReadonlyArray<Route> = [
  route("POST /v2/models/:model/outputs", outputs.postOutputs, "outputs", readsOnly),
  route("POST /v2/models/:model/versions/:version/outputs", outputs.postOutputs, "outputs", readsOnly),

  route("POST /v2/models/:model/outputs/generate", outputs.postGenerate, "outputs", readsOnly),
  route("POST /v2/models/:model/versions/:version/outputs/generate", outputs.postGenerate, "outputs", readsOnly),
  route("POST /v2/users/:user/deployments/:deployment/outputs", outputs.postOutputs, "outputs", readsOnly),
  route(
    "POST /v2/models/outputs/stream",
    notHere("open the stream over gRPC, or use outputs/generate"),
    undefined,
    readsOnly
  ),

  route("GET /v2/inputs", inputs.listInputs, "inputs"),
  route("POST /v2/inputs", addInputs.postInputs, "inputs"),
  route("PATCH /v2/inputs", patches.patchInputs, "inputs"),
  route("DELETE /v2/inputs", inputs.deleteInputs),
  route("GET /v2/inputs/status", inputs.countAllInputs),
  route("GET /v2/inputs/stream", inputs.streamInputs, "inputs"),
  route("POST /v2/inputs/searches", searches.searchInputs, "hits", readsOnly),
  route("POST /v2/searches", searches.searchInputs, "hits", readsOnly),
  route("GET /v2/inputs/jobs/add/:job", inputs.getAddJob),
  route("PATCH /v2/inputs/jobs/add/:job", inputs.cancelAddJob),
  route("GET /v2/inputs/:input", inputs.getInput),
  route("DELETE /v2/inputs/:input", inputs.deleteInputs),

  route("GET /v2/concepts", concepts.listConcepts, "concepts"),
  route("POST /v2/concepts", concepts.postConcepts, "concepts"),
  route("PATCH /v2/concepts", concepts.patchConcepts, "concepts"),
  route("POST /v2/concepts/searches", concepts.searchConcepts, "concepts", readsOnly),
  route("GET /v2/concepts/status", concepts.countConceptInputs, "concept_counts"),
  route("GET /v2/concepts/:concept", concepts.getConcept),
  route("GET /v2/concepts/:concept/languages", languages.listLanguages, "concept_languages"),
  route("POST /v2/concepts/:concept/languages", languages.putLanguages, "concept_languages"),
  route("PATCH /v2/concepts/:concept/languages", languages.putLanguages, "concept_languages"),
  route("GET /v2/concepts/:concept/languages/:language", languages.getLanguage),

  route("GET /v2/models", models.listModels, "models"),
  route("POST /v2/models", models.postModel),
  route("PATCH /v2/models", models.patchModels, "models"),
  route("DELETE /v2/models", models.deleteModels),
  route("POST /v2/models/searches", models.searchModels, "models", readsOnly),
  route("GET /v2/models/types", modelTypes.listModelTypes, "model_types"),
  route("GET /v2/models/types/:type", modelTypes.getModelType),
  route("GET /v2/models/:model", models.getModel),
  route("DELETE /v2/models/:model", models.deleteModels),
  route("GET /v2/models/:model/output_info", models.getOutputInfo),
  route("GET /v2/models/:model/inputs", versions.listModelInputs, "inputs"),
  route("GET /v2/models/:model/concepts", versions.listModelConcepts, "concepts"),
  route("GET /v2/models/:model/versions", versions.listVersions, "model_versions"),
  route("POST /v2/models/:model/versions", versions.postVersion),
  route("PATCH /v2/models/:model/versions", versions.patchVersions, "model_versions"),
  route("POST /v2/models/:model/versions/time_estimate", versions.estimateTraining, undefined, readsOnly),
  route("POST /v2/models/versions/upload", notHere("put the files into a folder of the models folder")),
  route("PUT /v2/models/:model/versions/:version/exports", exports.getExport, undefined, readsOnly),
  route("GET /v2/models/:model/versions/:version/exports", exports.getExport),
  route("GET /v2/models/:model/versions/:version/exports/onnx", exports.getOnnx),
  route("GET /v2/models/:model/versions/:version", versions.getVersion),
  route("DELETE /v2/models/:model/versions/:version", versions.deleteVersion),
  route("GET /v2/models/:model/versions/:version/output_info", versions.getVersionOutputInfo),
  route("GET /v2/models/:model/versions/:version/inputs", versions.listModelInputs, "inputs"),
  route("GET /v2/models/:model/versions/:version/concepts", versions.listModelConcepts, "concepts"),

  route("POST /v2/models/:model/versions/:version/metrics", metrics.postMetrics),
  route("GET /v2/models/:model/versions/:version/metrics", metrics.getMetrics),
  route("POST /v2/models/:model/versions/:version/evaluations", metrics.postEvaluations, "eval_metrics"),
  route("GET /v2/models/:model/versions/:version/evaluations", metrics.listEvaluations, "eval_metrics"),
  route("GET /v2/models/:model/versions/:version/evaluations/:evaluation", metrics.getEvaluation),
  route("POST /v2/evaluations", metrics.postEvaluations, "eval_metrics"),
  route("GET /v2/evaluations", metrics.listEvaluations, "eval_metrics"),
  route("GET /v2/evaluations/:evaluation", metrics.getEvaluation),

  route("GET /v2/workflows", workflows.listWorkflows, "workflows"),
  route("POST /v2/workflows", workflows.postWorkflows, "workflows"),
  route("PATCH /v2/workflows", workflows.patchWorkflows, "workflows"),
  route("DELETE /v2/workflows", workflows.deleteWorkflows),
  route("GET /v2/workflows/:workflow", workflows.getWorkflow),
  route("DELETE /v2/workflows/:workflow", workflows.deleteWorkflows),
  route("POST /v2/workflows/:workflow/results", workflows.postResults, "results", readsOnly),

  route(
    "POST /v2/workflows/:workflow/versions/:version/results",
    notHere("workflows have one version here; leave it out"),
    "results",
    readsOnly
  ),

  route("GET /v2/app", apps.getApp),
  route("GET /v2/users/:user/apps", apps.listApps, "apps"),
  route("POST /v2/users/:user/apps", apps.postApps, "apps"),
  route("GET /v2/users/:user/apps/:app", apps.getApp),

  route("GET /v2/status_codes", statusCodes.listStatusCodes, "statuses"),
  route("GET /v2/status_codes/:code", statusCodes.getStatusCode),

  route("GET /media/:hash", media.getMedia)
]
