// A worker as a process, for tests that kill it. Its executor, service and clock come as one JSON argument.
import { clarifai, sightline } from "@sightline/core"
import { work } from "../../src/index.ts"
import { type ExecutorName, executorOf } from "./executor-name.ts"

const { executor, skewMs, url } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly executor: ExecutorName
  readonly url: string
  /** How far the wall clock of this process is off, in milliseconds. */
  readonly skewMs: number
}

const now = Date.now
Date.now = () => now() + skewMs

const connection = clarifai({ pat: "test", userId: "me", appId: "main", baseUrl: url })
const worker = work({ app: sightline(connection), executor: executorOf(executor), concurrency: 2, leaseMs: 3000 })
process.stdout.write("ready\n")
await worker.finished
