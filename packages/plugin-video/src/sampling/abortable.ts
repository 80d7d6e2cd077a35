// Generators that end at once when their consumer leaves, even while they wait for something.

/**
 * A generator with an inner signal, which aborts when the consumer leaves or the outer signal aborts.
 *
 * An async generator queues `return()` behind the value that it waits for. With the signal that wait ends.
 */
export const abortable = <A>(
  outer: AbortSignal | undefined,
  make: (signal: AbortSignal) => AsyncGenerator<A, void>
): AsyncGenerator<A, void> => {
  const left = new AbortController()
  const inner = make(outer === undefined ? left.signal : AbortSignal.any([outer, left.signal]))
  const end = async (): Promise<IteratorResult<A, void>> => {
    left.abort()
    await inner.return().catch(() => undefined)
    return { done: true, value: undefined }
  }
  return {
    next: () => inner.next(),
    return: end,
    throw: async (cause) => {
      await end()
      throw cause
    },
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: async () => {
      await end()
    }
  }
}
