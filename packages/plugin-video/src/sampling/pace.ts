// Keeps long work interruptible: gives the event loop its turn, and stops once the signal aborts.

const turnMs = 20

const macrotask = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve)
    else setTimeout(resolve, 0)
  })

/** Watches over one piece of long work; see `makePace`. */
export interface Pace {
  /** Called between steps: throws the signal's reason once it aborts, and lets timers run every 20 ms. */
  readonly step: () => Promise<void> | undefined
  /** Reports that the work advances by one coded picture. */
  readonly advance: () => void
}

/**
 * Without a macrotask in between, a loop over promises that are already settled runs no timer: a deadline would never be
 * seen.
 */
export const makePace = (signal: AbortSignal | undefined, onAdvance: () => void = () => {}): Pace => {
  let lastMs = performance.now()
  return {
    step: () => {
      signal?.throwIfAborted()
      if (performance.now() - lastMs < turnMs) return undefined
      return macrotask().then(() => {
        lastMs = performance.now()
        signal?.throwIfAborted()
      })
    },
    advance: onAdvance
  }
}
