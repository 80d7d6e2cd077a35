/** Counts the calls of the global `fetch` while plugins run. */

interface Count {
  readonly fetch: typeof fetch
  /** What was installed before; undefined if nothing was. */
  readonly before: PropertyDescriptor | undefined
  readonly asked: number
  ended: boolean
}

/** Those whose `fetch` is installed, or was when another one was put over it; the newest last. */
const counts: Array<Count> = []

const begin = (): Count => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "fetch")
  const { fetch } = globalThis
  const count = {
    before,
    asked: 0,
    ended: false,
    fetch: (...args: Parameters<typeof fetch>) => {
      count.asked++
      return fetch(...args)
    }
  }
  Object.defineProperty(globalThis, "fetch", { value: count.fetch, configurable: true, writable: true })
  counts.push(count)
  return count
}

/** Uninstalls what was counted with `count`, as soon as nothing newer depends on it. */
const end = (count: Count): void => {
  count.ended = true
  for (let newest = counts.at(-1); newest?.ended === true; newest = counts.at(-1)) {
    counts.pop()
    // leave a function that other code has installed since
    if (globalThis.fetch !== newest.fetch) continue
    if (newest.before === undefined) Reflect.deleteProperty(globalThis, "fetch")
    else Object.defineProperty(globalThis, "fetch", newest.before)
  }
}

/** Counts calls of the global `fetch` during a run, at most until `ended`. The calls are made; then `fetch` is restored. */
export const countingFetch = async (meanwhile: () => Promise<void>, ended?: AbortSignal): Promise<number> => {
  const count = begin()
  const stop = () => end(count)
  ended?.addEventListener("abort", stop, { once: true })
  try {
    await meanwhile()
  } finally {
    ended?.removeEventListener("abort", stop)
    stop()
  }
  return count.asked
}
