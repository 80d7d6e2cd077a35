/** The program of the thread that trains a head, so that the engine answers requests meanwhile. */
import { parentPort, workerData } from "node:worker_threads"
import { fit } from "./fit.ts"
import type { Fitted, Packed } from "./fit.ts"
import { eachRow } from "./rows.ts"

/** What the thread sends: its progress, 0..1, and finally the head, or the problem of its input. */
export type FitMessage = { readonly progress: number } | { readonly fitted: Fitted } | { readonly problem: string }

const send = (message: FitMessage): void => parentPort?.postMessage(message, [])

// Only `runFit` starts this thread, and it passes a `Packed`.
const packed: Packed = workerData
// Checked in this thread, because it takes a while with many examples.
let finite = true
eachRow(packed.rows, (numbers) => {
  finite &&= numbers.every(Number.isFinite)
})
if (finite) send({ fitted: fit(packed, (progress) => send({ progress })) })
else send({ problem: "a vector contains a number that is not finite; embed its image again" })
