// A bounded queue between one producer and one consumer, and the merging of several in order.

/** A one-way queue; `push` waits while it is full and returns false once the consumer is gone. */
export class Channel<A> {
  readonly #items: Array<A> = []
  readonly #capacity: number
  #ended = false
  #cancelled = false
  #error: { readonly cause: unknown } | undefined
  #wakeProducer: (() => void) | undefined
  #wakeConsumer: (() => void) | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }
  async push(item: A): Promise<boolean> {
    while (!this.#cancelled && this.#items.length >= this.#capacity)
      await new Promise<void>((resolve) => {
        this.#wakeProducer = resolve
      })
    if (this.#cancelled) return false
    this.#items.push(item)
    this.#wakeConsumer?.()
    return true
  }
  end(): void {
    this.#ended = true
    this.#wakeConsumer?.()
  }
  fail(cause: unknown): void {
    this.#error ??= { cause }
    this.end()
  }
  cancel(): void {
    this.#cancelled = true
    this.#items.length = 0
    this.#wakeProducer?.()
  }
  async *drain(): AsyncGenerator<A, void> {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) {
        this.#wakeProducer?.()
        yield item
      } else if (this.#ended) {
        if (this.#error !== undefined) throw this.#error.cause
        return
      } else
        await new Promise<void>((resolve) => {
          this.#wakeConsumer = resolve
        })
    }
  }
}

/** Does one job at a time. */
export interface Worker<Job, A> {
  readonly run: (job: Job, push: (item: A) => Promise<boolean>) => Promise<void>
  readonly close: () => void
}

/**
 * Runs jobs on several workers at once and yields what they push, in the order of the jobs. At most `capacity` items
 * of a job wait. When the consumer leaves, jobs in progress end at their next push and every worker is closed.
 */
export async function* inOrder<Job, A>(
  jobs: AsyncGenerator<Job, void>,
  workers: ReadonlyArray<Worker<Job, A>>,
  capacity: number
): AsyncGenerator<A, void> {
  const idle = [...workers]
  const queue: Array<Channel<A>> = []
  const running = new Set<Promise<void>>()
  const start = async (): Promise<boolean> => {
    const worker = idle.pop()
    if (worker === undefined) return false
    const next = await jobs.next()
    if (next.done === true) {
      idle.push(worker)
      return false
    }
    const channel = new Channel<A>(capacity)
    queue.push(channel)
    const run = worker
      .run(next.value, (item) => channel.push(item))
      .then(
        () => channel.end(),
        (cause: unknown) => channel.fail(cause)
      )
      .finally(() => {
        idle.push(worker)
        running.delete(run)
        void refill()
      })
    running.add(run)
    return true
  }
  // one fill at a time, so that jobs are queued in the order of the plan
  let filling = Promise.resolve()
  const state = { stopped: false }
  let problem: { readonly cause: unknown } | undefined
  const fill = async () => {
    try {
      // at most one waiting channel per worker beyond those that run: a slow consumer stops the planning
      while (!state.stopped && queue.length < workers.length * 2 && (await start()));
    } catch (cause) {
      problem ??= { cause }
    }
  }
  const refill = () => {
    filling = filling.then(fill)
    return filling
  }
  try {
    for (;;) {
      if (queue.length === 0) await refill()
      else void refill()
      const channel = queue[0]
      if (channel === undefined) break
      yield* channel.drain()
      queue.shift()
    }
    if (problem !== undefined) throw problem.cause
  } finally {
    state.stopped = true
    for (const channel of queue) channel.cancel()
    await filling
    for (const channel of queue) channel.cancel()
    await Promise.all(running)
    await jobs.return()
    for (const worker of workers) worker.close()
  }
}
