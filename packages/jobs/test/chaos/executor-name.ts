// An executor by plain data, so that a process can open the one of another.
import { type Executor, sqlite } from "../../src/index.ts"

/** Which executor. */
export type ExecutorName = { readonly type: "sqlite"; readonly file: string }

/** Opens it. */
export const executorOf = (name: ExecutorName): Executor => sqlite({ file: name.file })
