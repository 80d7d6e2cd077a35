/** Runs a fit in a thread that ends with the effect, whether it succeeds, fails or is interrupted. */
import { StatusCode } from "@sightline/core/status"
import { ProcessFailed, programBeside, programFile } from "@sightline/platform/process-pool"
import { Effect } from "effect"
import { Worker } from "node:worker_threads"
import type { Fitted, Packed } from "./fit.ts"
import type { FitMessage } from "./fit-thread.ts"
import { TrainingProblem } from "./training-problem.ts"

const program = programBeside(import.meta.url, "fit-thread")

/** Fits a head in a thread, which reads vectors in place: in shared memory, or in a file that this process has open. */
export const runFit = (packed: Packed, onProgress?: (share: number) => void): Effect.Effect<Fitted, TrainingProblem> =>
  Effect.callback<Fitted, TrainingProblem>((resume) => {
    const fail = (details: string, code = StatusCode.MODEL_TRAINING_FAILED) =>
      resume(Effect.fail(new TrainingProblem({ code, details })))
    const file = findProgram()
    if (file instanceof ProcessFailed) return fail(`training cannot be started: ${file.message}`)
    const thread = new Worker(file, { workerData: packed, execArgv: ["--no-warnings"] })
    thread.on("message", (message: FitMessage) => {
      if ("fitted" in message) resume(Effect.succeed(message.fitted))
      else if ("problem" in message) fail(message.problem, StatusCode.MODEL_TRAINING_INVALID_PARAMS)
      else onProgress?.(message.progress)
    })
    thread.on("error", (error) => fail(error instanceof Error ? error.message : String(error)))
    thread.on("exit", (code) => fail(`the training thread ended with code ${code}`))
    return Effect.promise(() => thread.terminate())
  })

const findProgram = (): string | ProcessFailed => {
  try {
    return programFile(program)
  } catch (cause) {
    if (cause instanceof ProcessFailed) return cause
    throw cause
  }
}
