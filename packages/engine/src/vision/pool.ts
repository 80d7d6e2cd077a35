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
import type { Job, Reply, Setup } from "./protocol.ts"

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

/** Waits for one message that is an answer; fails with a refusal when the process ends or time runs out. */
const answer = (child: ChildProcess, timeoutMs: number, send: () => void): Effect.Effect<Reply, Refusal> =>
  Effect.callback<Reply, Refusal>((resume) => {
    const settle = (result: Effect.Effect<Reply, Refusal>) => {
      clearTimeout(timer)
      child.off("message", onMessage).off("exit", onExit).off("error", onExit)
      resume(result)
    }
    const onMessage = (reply: Reply) => settle(Effect.succeed(reply))
    const onExit = () => settle(Effect.fail({ code: 30002, details: "decoding this picture ended its process" }))
    const timer = setTimeout(() => {
      child.kill("SIGKILL")
      settle(Effect.fail({ code: 30002, details: `the picture took longer than ${timeoutMs} ms; send a smaller one` }))
    }, timeoutMs)
    child.on("message", onMessage).on("exit", onExit).on("error", onExit)
    send()
    return Effect.sync(() => {
      clearTimeout(timer)
      child.off("message", onMessage).off("exit", onExit).off("error", onExit)
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
    yield* answer(child, startTimeoutMs, () => {})
    return child
  })

  const run = (job: Job): Effect.Effect<Done, Refusal> =>
    Effect.gen(function* () {
      const child = yield* take()
      idle(child, false)
      const reply = yield* answer(child, setup.limits.timeoutMs, () => child.send(job)).pipe(
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
