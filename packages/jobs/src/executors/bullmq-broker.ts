/** BullMQ as a queue of units: one queue for each job, on Redis or Postgres. */
import type { Job } from "bullmq"
import * as Effect from "effect/Effect"
import { LedgerUnavailable } from "../errors.ts"
import { requirePackage } from "../require-package.ts"
import { DeliveryBuffer } from "./delivery-buffer.ts"
import type { Publish } from "./publishing.ts"
import type { UnitFeed } from "./unit-feed.ts"

/** What BullMQ keeps of a unit: its number. */
interface Message {
  readonly unit: number
}

/** The part of BullMQ's queues that is used. */
interface Queue {
  readonly addBulk: (
    jobs: Array<{ name: string; data: Message; opts: Readonly<Record<string, unknown>> }>
  ) => Promise<unknown>
  readonly close: () => Promise<unknown>
  readonly on: (event: "error", listener: () => void) => unknown
}

/** The part of BullMQ's workers that is used. */
interface Receiver {
  readonly close: (force?: boolean) => Promise<unknown>
  readonly on: (event: "error", listener: () => void) => unknown
}

type Processor = (message: Job<Message>, token?: string) => Promise<void>

interface Classes {
  readonly queue: (name: string) => Queue
  readonly receiver: (name: string, process: Processor, concurrency: number) => Receiver
  /** Thrown by a processor that has put its message back. */
  readonly putBack: () => Error
}

/** How long a message of a worker that ended stays with it, in milliseconds. */
const lockMs = 10_000

/** How long a message may take to be added, in milliseconds. */
const publishMs = 10_000

/** How long a receiver may take to end, in milliseconds. */
const closeMs = 3000

/** Queues that are kept open for publishing. */
const mostQueues = 16

const receiverOptions = (concurrency: number) => ({
  concurrency: Math.ceil(concurrency * 1.5), // the next units arrive while these are run
  lockDuration: lockMs,
  stalledInterval: lockMs / 2,
  maxStalledCount: 1_000_000, // the ledger finds out which input ends its workers
  drainDelay: 1
})

const loadClasses = async (backend: "redis" | "postgres", url: string): Promise<Classes> => {
  const neededFor = `bullmq({ backend: "${backend}" })`
  const bull = await requirePackage("bullmq", neededFor, () => import("bullmq"))
  const putBack = () => new bull.WaitingError()
  if (backend === "redis") {
    await requirePackage("ioredis", neededFor, () => import("ioredis"))
    const connection = { url, maxRetriesPerRequest: null }
    return {
      putBack,
      queue: (name) => new bull.Queue<Message>(name, { connection }),
      receiver: (name, process, concurrency) =>
        new bull.Worker<Message>(name, process, { connection, ...receiverOptions(concurrency) })
    }
  }
  // @ts-expect-error the package brings no types, and only its presence is asked for
  await requirePackage("pg", neededFor, (): Promise<unknown> => import("pg"))
  const { Queue, Worker } = bull.withBackend(bull.createPostgresBackend)
  const connection = { connectionString: url, migrate: true, max: 4 }
  return {
    putBack,
    queue: (name) => new Queue<Message>(name, { connection }),
    receiver: (name, process, concurrency) =>
      new Worker<Message>(name, process, { connection, ...receiverOptions(concurrency) })
  }
}

/** A queue for units. */
export interface Broker {
  readonly publish: Publish
  readonly openFeed: (
    concurrency: number,
    refill: (job: string) => Effect.Effect<unknown, LedgerUnavailable>
  ) => UnitFeed
  readonly close: () => Promise<void>
}

/** What is connected reports its errors here and connects again; the ledger has what is not delivered. */
const ignoreErrors = <A extends { readonly on: (event: "error", listener: () => void) => unknown }>(emitter: A): A => {
  emitter.on("error", () => {})
  return emitter
}

const queueName = (job: string): string => `sightline-${job}`

/** Resolves after the promise, or after so long; true in time. */
const within = async (promise: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)))
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Connects to BullMQ. Rejects with `MissingPackage`. */
export const bullmqBroker = async (backend: "redis" | "postgres", url: string, name: string): Promise<Broker> => {
  const classes = await loadClasses(backend, url)
  const queues = new Map<string, Queue>()
  const queueOf = (job: string): Queue => {
    const queue = queues.get(job) ?? ignoreErrors(classes.queue(queueName(job)))
    queues.delete(job)
    queues.set(job, queue) // the one used last comes last
    const [oldest] = queues
    if (queues.size > mostQueues && oldest !== undefined) {
      queues.delete(oldest[0])
      void oldest[1].close().catch(() => {})
    }
    return queue
  }
  const unavailable = (problem: string, cause?: unknown) =>
    new LedgerUnavailable({ ledger: name, problem, ...(cause === undefined ? {} : { cause }) })
  return {
    publish: (job, units) =>
      Effect.tryPromise({
        try: async () => {
          const messages = units.map((unit) => ({
            name: "unit",
            data: { unit },
            opts: { jobId: `unit-${unit}`, removeOnComplete: true, removeOnFail: true }
          }))
          if (!(await within(queueOf(job).addBulk(messages), publishMs)))
            throw new Error(`no answer within ${publishMs / 1000} s`)
        },
        catch: (cause) => unavailable(cause instanceof Error ? cause.message : String(cause), cause)
      }),
    openFeed: (concurrency, refill) => {
      const buffer = new DeliveryBuffer()
      const receivers = new Map<string, Receiver>()
      const receive = (job: string): Receiver =>
        ignoreErrors(
          classes.receiver(
            queueName(job),
            async (message, token) => {
              const isDone = await new Promise<boolean>((resolve) =>
                buffer.add({
                  job,
                  unit: message.data.unit,
                  done: () => resolve(true),
                  putBack: () => resolve(false)
                })
              )
              if (isDone) return
              await message.moveToWait(token)
              throw classes.putBack()
            },
            concurrency
          )
        )
      const end = async (receiver: Receiver) => {
        const closed = receiver.close().catch(() => {})
        if (!(await within(closed, closeMs)))
          await within(
            receiver.close(true).catch(() => {}),
            closeMs
          )
      }
      return {
        listen: (jobs) => {
          for (const job of jobs) if (!receivers.has(job)) receivers.set(job, receive(job))
          if (receivers.size === jobs.length) return
          for (const [job, receiver] of receivers) {
            if (jobs.includes(job)) continue
            receivers.delete(job)
            buffer.drop(job)
            void end(receiver)
          }
        },
        next: () => buffer.next(),
        wait: (ms) => buffer.wait(ms),
        refill: (job) => Effect.ignore(refill(job)),
        close: Effect.promise(async () => {
          buffer.putBackAll()
          await Promise.all([...receivers.values()].map(end))
        })
      }
    },
    close: async () => {
      await Promise.all(
        [...queues.values()].map((queue) =>
          within(
            queue.close().catch(() => {}),
            closeMs
          )
        )
      )
    }
  }
}
