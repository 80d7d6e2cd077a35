/** Long work in parts. */

/** Resolves in the next turn of the event loop, so that other tasks get theirs. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
