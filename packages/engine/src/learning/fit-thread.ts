/** The thread a head is trained in: one task, one answer, so that the engine answers requests meanwhile. */
import { parentPort, workerData } from "node:worker_threads"
import { fit } from "./fit.ts"
import type { Fitted, Packed } from "./fit.ts"
import { eachRow } from "./rows.ts"

/** What the thread says: its progress, 0..1, and at last the head, or what is wrong with what it was given. */
export type FitMessage = { readonly progress: number } | { readonly fitted: Fitted } | { readonly wrong: string }

const say = (message: FitMessage): void => parentPort?.postMessage(message, [])

// Only `runFit` starts this thread, and it passes a `Packed`.
const packed: Packed = workerData
// Looked at here and not before: with many examples it takes a while.
let finite = true
eachRow(packed.rows, (numbers) => {
  finite &&= numbers.every(Number.isFinite)
})
if (finite) say({ fitted: fit(packed, (progress) => say({ progress })) })
else say({ wrong: "a vector holds a number that is not finite; embed its picture again" })
