/** Runs a fit in a thread of its own, which ends with the effect, be it done, failed or interrupted. */
import { Effect } from "effect"
import { Worker } from "node:worker_threads"
import type { Fitted, Packed } from "./fit.ts"
import type { FitMessage } from "./fit-thread.ts"
import { TrainingProblem } from "./training-problem.ts"

const threadUrl = new URL(import.meta.url.endsWith(".ts") ? "./fit-thread.ts" : "./fit-worker.js", import.meta.url)

/** Fits a head in a thread, which reads vectors where they are: in shared memory, or in a file this process has open. */
export const runFit = (packed: Packed, onProgress?: (share: number) => void): Effect.Effect<Fitted, TrainingProblem> =>
  Effect.callback<Fitted, TrainingProblem>((resume) => {
    const thread = new Worker(threadUrl, { workerData: packed, execArgv: ["--no-warnings"] })
    const fail = (details: string, code = 21106) => resume(Effect.fail(new TrainingProblem({ code, details })))
    thread.on("message", (message: FitMessage) => {
      if ("fitted" in message) resume(Effect.succeed(message.fitted))
      else if ("wrong" in message) fail(message.wrong, 21118)
      else onProgress?.(message.progress)
    })
    thread.on("error", (error) => fail(error instanceof Error ? error.message : String(error)))
    thread.on("exit", (code) => fail(`the training thread ended with code ${code}`))
    return Effect.promise(() => thread.terminate())
  })
