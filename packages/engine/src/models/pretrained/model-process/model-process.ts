/**
 * The process of a pretrained model: started at the first prediction, killed when it takes too long and after a time without
 * predictions, started again at the next prediction. A model that crashes or hangs affects nothing else.
 */
import { StatusCode } from "@sightline/core/status"
import {
  codeFolders,
  makeProcessPool,
  type PoolProcess,
  type ProcessFailed,
  programBeside
} from "@sightline/platform/process-pool"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { EngineLimits } from "../../../limits.ts"
import { missingRuntime } from "../../../onnx/runtime-package.ts"
import { type WireError, wireError } from "../../../protocol/wire-error.ts"
import type { ModelInfo, ModelJob, ModelOrder, ModelReply, ModelResult, ModelSetup } from "./model-messages.ts"

/** A model that runs in a process. */
export interface ModelProcess {
  /** What is known of the model once it is loaded; loads it. */
  readonly info: Effect.Effect<ModelInfo, WireError>
  readonly run: (job: ModelJob, onPiece?: (text: string) => void) => Effect.Effect<ModelResult, WireError>
}

/** Packages that a model's program imports. */
const runtimes = [
  "@sightline/core",
  "@sightline/platform",
  "effect",
  "sharp",
  "onnxruntime-node",
  "@huggingface/transformers"
]

/** Makes the process of a model; it ends with the scope. */
export const makeModelProcess = Effect.fnUntraced(function* (
  setup: ModelSetup,
  { modelIdleMs, modelTimeoutMs: timeoutMs }: Pick<EngineLimits, "modelIdleMs" | "modelTimeoutMs">
): Effect.fn.Return<ModelProcess, never, Scope.Scope> {
  const pool = yield* makeProcessPool<ModelOrder, ModelReply, ModelInfo, WireError>({
    program: programBeside(import.meta.url, "model-program"),
    passEnv: ["HTTPS_PROXY", "HTTP_PROXY"], // a hub may be behind a proxy
    // A model of a hub is downloaded into a cache, which its runtime chooses.
    ...(setup.allowHub
      ? {}
      : { permissions: { read: [setup.folder, ...codeFolders(import.meta.url, runtimes)], addons: true } }),
    size: 1,
    idleMs: modelIdleMs,
    isLast: ({ kind }) => kind !== "piece",
    prepare: (child) => load(child, setup)
  })

  // The limit starts with a prediction's turn: waiting for the one before does not count.
  const turn = yield* Semaphore.make(1)
  const bounded = <A>(work: Effect.Effect<A, WireError | ProcessFailed>): Effect.Effect<A, WireError> =>
    work.pipe(
      Effect.catchTag("ProcessFailed", (failure) => Effect.fail(toWireError(failure))),
      Effect.timeoutOrElse({
        duration: timeoutMs,
        orElse: () =>
          Effect.fail(
            wireError(StatusCode.MODEL_PREDICTION_FAILED, `the model took longer than ${timeoutMs} ms and was stopped`)
          )
      }),
      turn.withPermits(1)
    )

  return {
    info: bounded(pool.use((_, info) => Effect.succeed(info))),
    run: (job, onPiece) => bounded(pool.use((child) => predict(child, job, onPiece)))
  }
})

const toWireError = ({ message, reason }: ProcessFailed): WireError =>
  reason === "missing"
    ? wireError(StatusCode.INTERNAL_SERVER_ISSUE, `the process of this model cannot be started: ${message}`)
    : wireError(StatusCode.MODEL_PREDICTION_FAILED, "the model's process ended; it is started again at the next call")

const load = (child: PoolProcess<ModelOrder, ModelReply>, setup: ModelSetup): Effect.Effect<ModelInfo, WireError> => {
  child.send(setup)
  return Effect.flatMap(Effect.mapError(child.receive(), toWireError), (reply) => {
    switch (reply.kind) {
      case "ready":
        return Effect.succeed({ labels: reply.labels, zeroShot: reply.zeroShot })
      case "missing":
        return Effect.fail(wireError(StatusCode.MODEL_DEPLOYMENT_FAILED, missingRuntime(reply.packageName)))
      case "refused":
        return Effect.fail(wireError(reply.code, reply.details))
      default:
        return Effect.fail(
          wireError(StatusCode.MODEL_DEPLOYMENT_FAILED, "the model's process sent an unexpected message")
        )
    }
  })
}

const predict = Effect.fnUntraced(function* (
  child: PoolProcess<ModelOrder, ModelReply>,
  job: ModelJob,
  onPiece?: (text: string) => void
): Effect.fn.Return<ModelResult, WireError | ProcessFailed> {
  child.send(job)
  for (;;) {
    const reply = yield* child.receive()
    if (reply.kind === "piece") onPiece?.(reply.text)
    else if (reply.kind === "result") return reply.result
    else if (reply.kind === "refused") return yield* wireError(reply.code, reply.details)
    else return yield* wireError(StatusCode.MODEL_PREDICTION_FAILED, "the model's process sent an unexpected message")
  }
})
