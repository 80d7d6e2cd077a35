/** The executor of those who name none. */
import { inProcess } from "./embedded.ts"

/** The jobs of this process; opened when it is first used. */
export const defaultExecutor = inProcess()
