// An executor by plain data, so that a process can open the one of another.
import { bullmq, type BullmqOptions } from "../../src/bullmq.ts"
import { type Executor, sqlite } from "../../src/index.ts"

/** Which executor. */
export type ExecutorName =
  | { readonly type: "sqlite"; readonly file: string }
  | ({ readonly type: "bullmq" } & BullmqOptions)

/** Opens it. */
export const executorOf = (name: ExecutorName): Executor => (name.type === "sqlite" ? sqlite(name) : bullmq(name))
