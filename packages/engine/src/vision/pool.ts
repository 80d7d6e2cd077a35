/**
 * A pool of decoding processes. Processes and not threads, because native code in a thread cannot be stopped:
 * ending a thread inside libvips waited 33 seconds for it here, and a crash there would take the engine along.
 */
import { Effect, Semaphore } from "effect"
import type { Scope } from "effect"
import { fork } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Refusal } from "./decode.ts"
import type { VisionLimits } from "./limits.ts"
import { makeWorkClock, processorMs } from "../work-clock.ts"
import type { Job, Order, Reply, Setup } from "./protocol.ts"

/** What a job that worked answers. */
export type Done = Extract<Reply, { readonly kind: "done" }>

/** Runs jobs, each in a process of its own for as long as it lasts. */
export interface Pool {
  readonly run: (job: Job) => Effect.Effect<Done, Refusal>
}

const workerPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url)
)

// Only what a process needs to start: keys in the engine's environment are no business of a decoder.
const passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
const environment = (): NodeJS.ProcessEnv => {
  const kept = passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(kept), MALLOC_ARENA_MAX: "2" }
}

const startTimeoutMs = 20_000

const start = (setup: Setup): ChildProcess => {
  const child = fork(workerPath, [JSON.stringify(setup)], {
    serialization: "advanced",
    execArgv: ["--max-old-space-size=192", "--no-warnings"],
    env: environment(),
    stdio: ["ignore", "ignore", "ignore", "ipc"]
  })
  return child
}

const idle = (child: ChildProcess, yes: boolean): void => {
  // an idle decoder must not keep its program alive
  if (yes) {
    child.unref()
    child.channel?.unref()
  } else {
    child.ref()
    child.channel?.ref()
  }
}

// A decoder that takes too much memory ends itself by this signal, and so does a system short of memory.
const ended = (signal: unknown, { memoryMiB }: VisionLimits): Refusal =>
  signal === "SIGKILL"
    ? { code: 30105, details: `decoding needs more than ${memoryMiB} MiB of memory; send a smaller picture` }
    : { code: 30002, details: "decoding this picture ended its process" }

interface Wait {
  readonly child: ChildProcess
  readonly timeoutMs: number
  readonly limits: VisionLimits
  readonly order?: Order
}

/** Waits for one message that is an answer; fails with a refusal when the process ends or time runs out. */
const answer = ({ child, limits, order, timeoutMs }: Wait): Effect.Effect<Reply, Refusal> =>
  Effect.callback<Reply, Refusal>((resume) => {
    const settle = (result: Effect.Effect<Reply, Refusal>) => {
      clock.rest()
      child.off("message", onMessage).off("exit", onExit).off("error", onError)
      resume(result)
    }
    const onMessage = (reply: Reply) => settle(Effect.succeed(reply))
    const onExit = (_code: unknown, signal: unknown) => settle(Effect.fail(ended(signal, limits)))
    const onError = () => settle(Effect.fail(ended("error", limits)))
    const onOver = () => {
      child.kill("SIGKILL")
      settle(Effect.fail({ code: 30002, details: `the picture took longer than ${timeoutMs} ms; send a smaller one` }))
    }
    const clock = makeWorkClock(() => processorMs(child.pid), onOver)
    clock.begin(timeoutMs)
    child.on("message", onMessage).on("exit", onExit).on("error", onError)
    if (order) child.send(order)
    return Effect.sync(() => {
      clock.rest()
      child.off("message", onMessage).off("exit", onExit).off("error", onError)
      child.kill("SIGKILL")
    })
  })

const alive = (child: ChildProcess): boolean => child.connected && child.exitCode === null && !child.killed

/** Opens a pool of at most `workers` processes, started when first needed and ended with the scope. */
export const makePool = Effect.fnUntraced(function* (
  setup: Setup,
  workers: number
): Effect.fn.Return<Pool, never, Scope.Scope> {
  const permits = yield* Semaphore.make(workers)
  const largeOnes = yield* Semaphore.make(1)
  const { limits } = setup
  const free: Array<ChildProcess> = []
  const all = new Set<ChildProcess>()
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const child of all) child.kill("SIGKILL")
    })
  )

  const take = Effect.fnUntraced(function* () {
    for (let child = free.pop(); child !== undefined; child = free.pop()) {
      if (alive(child)) return child
    }
    const child = start(setup)
    all.add(child)
    child.once("exit", () => all.delete(child))
    child.on("error", () => all.delete(child)) // could not be started, or could not be sent to: `answer` tells why
    yield* answer({ child, limits, timeoutMs: startTimeoutMs })
    return child
  })

  const ask = Effect.fnUntraced(function* (child: ChildProcess, job: Job) {
    const wait = { child, limits, timeoutMs: limits.timeoutMs }
    const reply = yield* answer({ ...wait, order: job })
    return reply.kind === "large" ? yield* largeOnes.withPermits(1)(answer({ ...wait, order: { kind: "go" } })) : reply
  })

  const run = (job: Job): Effect.Effect<Done, Refusal> =>
    Effect.gen(function* () {
      const child = yield* take()
      idle(child, false)
      const reply = yield* ask(child, job).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            idle(child, true)
            if (alive(child)) free.push(child)
          })
        )
      )
      if (reply.kind === "done") return reply
      const refusal = reply.kind === "refused" ? reply.refusal : { code: 30002, details: "the decoder did not answer" }
      return yield* Effect.fail(refusal)
    }).pipe(permits.withPermits(1))

  return { run }
})
