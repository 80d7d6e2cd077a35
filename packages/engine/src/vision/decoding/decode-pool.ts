/** The pool of image decoding processes: each decodes one image at a time, within limits on work and memory. */
import { StatusCode } from "@sightline/core/status"
import {
  codeFolders,
  makeProcessPool,
  type PoolProcess,
  type ProcessFailed,
  programBeside
} from "@sightline/platform/process-pool"
import { Effect, Semaphore } from "effect"
import type { Scope } from "effect"
import type { Job, Order, Reply, Setup } from "./decode-messages.ts"
import type { Refusal } from "./decode.ts"
import type { VisionLimits } from "./decode-limits.ts"

/** The reply to a job that succeeded. */
export type Done = Extract<Reply, { readonly kind: "done" }>

/** Runs jobs. */
export interface DecodePool {
  readonly run: (job: Job) => Effect.Effect<Done, Refusal>
}

/** Loading the decoder may take this much work, in milliseconds. */
const startLimitMs = 20_000

/** A process that takes too much memory kills itself, and a system short of memory kills it the same way. */
const refusalOf = (failure: ProcessFailed, { memoryMiB, timeoutMs }: VisionLimits): Refusal =>
  ({
    missing: notStarted(failure),
    killed: {
      code: StatusCode.INPUT_OVER_LIMIT,
      details: `decoding needs more than ${memoryMiB} MiB of memory; send a smaller image`
    },
    overran: {
      code: StatusCode.INPUT_FAILED,
      details: `the image took longer than ${timeoutMs} ms; send a smaller one`
    },
    exit: { code: StatusCode.INPUT_FAILED, details: "decoding this image ended its process" }
  })[failure.reason]

const notStarted = ({ message }: ProcessFailed): Refusal => ({
  code: StatusCode.INTERNAL_SERVER_ISSUE,
  details: `the image decoder cannot be started: ${message}`
})

/** Opens a pool of at most `workers` processes, which start when they are first needed and end with the scope. */
export const makeDecodePool = Effect.fnUntraced(function* (
  setup: Setup,
  workers: number
): Effect.fn.Return<DecodePool, never, Scope.Scope> {
  const { limits } = setup
  const oneLarge = yield* Semaphore.make(1)
  const pool = yield* makeProcessPool<Order, Reply, void, Refusal>({
    program: programBeside(import.meta.url, "decode-program"),
    args: [JSON.stringify(setup)],
    execArgv: ["--max-old-space-size=192"],
    env: { MALLOC_ARENA_MAX: "2" },
    permissions: {
      read: codeFolders(import.meta.url, ["@sightline/core", "@sightline/platform", "sharp"]),
      addons: true
    },
    size: workers,
    isLast: ({ kind }) => kind !== "large",
    prepare: (child) => child.receive(startLimitMs).pipe(Effect.asVoid, Effect.mapError(notStarted))
  })

  const exchange = (child: PoolProcess<Order, Reply>, order: Order) => {
    child.send(order)
    return Effect.mapError(child.receive(limits.timeoutMs), (failure) => refusalOf(failure, limits))
  }

  const run = (job: Job): Effect.Effect<Done, Refusal> =>
    pool
      .use((child) =>
        Effect.flatMap(exchange(child, job), (reply) =>
          reply.kind === "large" ? oneLarge.withPermits(1)(exchange(child, { kind: "go" })) : Effect.succeed(reply)
        )
      )
      .pipe(
        Effect.catchTag("ProcessFailed", (failure) => Effect.fail(refusalOf(failure, limits))),
        Effect.flatMap((reply) =>
          reply.kind === "done"
            ? Effect.succeed(reply)
            : Effect.fail(
                reply.kind === "refused"
                  ? reply.refusal
                  : { code: StatusCode.INPUT_FAILED, details: "the image decoder did not answer" }
              )
        )
      )

  return { run }
})
