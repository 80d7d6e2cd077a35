/** The process of one pretrained model: loads it, then answers one question at a time. */
import { Refused } from "../vision/decode.ts"
import { loadOnnx } from "./onnx.ts"
import { loadTransformers } from "./transformers.ts"
import type { HostJob, HostReply, HostSetup, LoadedModel } from "./work.ts"

const say = (reply: HostReply): void => {
  process.send?.(reply)
}

const firstLine = (cause: unknown): string =>
  ((cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "").slice(0, 300)

/** The name of a package that could not be found, if that is why loading failed. */
const missingPackage = (cause: unknown): string | undefined => {
  if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")) return undefined
  return /package '([^']+)'/.exec(cause.message)?.[1]
}

const answer = async (model: LoadedModel, job: HostJob): Promise<HostReply> => {
  try {
    return { kind: "found", finding: await model.run(job, (text) => say({ kind: "piece", text })) }
  } catch (cause) {
    return cause instanceof Refused
      ? { kind: "refused", ...cause.refusal }
      : { kind: "refused", code: 21313, details: `the model failed: ${firstLine(cause)}` }
  }
}

// A process whose engine is gone has nothing left to do.
process.on("disconnect", () => process.exit(0))
process.once("message", (setup: HostSetup) => {
  const load = setup.manifest.runtime === "onnx" ? loadOnnx : loadTransformers
  load(setup).then(
    (model) => {
      process.on("message", (job: HostJob) => void answer(model, job).then(say))
      say({ kind: "ready", labels: model.labels })
    },
    (cause: unknown) => {
      const packageName = missingPackage(cause)
      say(
        packageName === undefined
          ? { kind: "refused", code: 21350, details: `the model could not be loaded: ${firstLine(cause)}` }
          : { kind: "missing", packageName }
      )
    }
  )
})
