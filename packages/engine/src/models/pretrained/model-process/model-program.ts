/** The program of a pretrained model's process: loads the model, then runs one prediction at a time. */
import { StatusCode } from "@sightline/core/status"
import { onMessage, reply } from "@sightline/platform/child"
import { Refused } from "../../../vision/decoding/decode.ts"
import { firstLine } from "./first-line.ts"
import type { LoadedModel, ModelJob, ModelOrder, ModelReply, ModelSetup } from "./model-messages.ts"
import { loadModel } from "../load-model.ts"

const send = (message: ModelReply): void => reply(message)

/** The name of a package that could not be found, if that is why loading failed. */
const missingPackage = (cause: unknown): string | undefined => {
  if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")) return undefined
  return /package '([^']+)'/.exec(cause.message)?.[1]
}

const predict = async (model: LoadedModel, job: ModelJob): Promise<ModelReply> => {
  try {
    return { kind: "result", result: await model.run(job, (text) => send({ kind: "piece", text })) }
  } catch (cause) {
    return cause instanceof Refused
      ? { kind: "refused", ...cause.refusal }
      : { kind: "refused", code: StatusCode.MODEL_PREDICTION_FAILED, details: firstLine(cause) }
  }
}

let loaded: LoadedModel | undefined

const load = async (setup: ModelSetup): Promise<ModelReply> => {
  try {
    loaded = await loadModel(setup)
    return { kind: "ready", labels: loaded.labels, zeroShot: loaded.zeroShot === true }
  } catch (cause) {
    const packageName = missingPackage(cause)
    return packageName === undefined
      ? {
          kind: "refused",
          code: StatusCode.MODEL_DEPLOYMENT_FAILED,
          details: firstLine(cause)
        }
      : { kind: "missing", packageName }
  }
}

onMessage((message) => {
  const order = message as ModelOrder // only the engine sends messages: a setup first, then jobs
  const answer = "manifest" in order ? load(order) : loaded && predict(loaded, order)
  void answer?.then(send)
})
