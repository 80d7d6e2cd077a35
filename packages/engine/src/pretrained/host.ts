/**
 * The engine's side of a pretrained model's process: started when first asked, killed when it takes too long, started
 * again at the next question. A model that crashes or hangs takes nothing else with it.
 */
import { type ChildProcess, fork } from "node:child_process"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { HostFinding, HostJob, HostReply, HostSetup } from "./work.ts"

/** A model that can be asked. */
export interface Host {
  /** Its labels; loads the model. */
  readonly labels: Effect.Effect<ReadonlyArray<{ readonly id: string; readonly name: string }>, WireError>
  readonly ask: (job: HostJob, onPiece?: (text: string) => void) => Effect.Effect<HostFinding, WireError>
}

const processPath = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url))

// Only what a process needs to start: keys in the engine's environment are no business of a model.
const passedOn = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "HTTPS_PROXY",
  "HTTP_PROXY"
]

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

/** Makes the host of a model; its process ends with the scope. */
export const makeHost = Effect.fnUntraced(function* (
  setup: HostSetup,
  timeoutMs: number
): Effect.fn.Return<Host, never, Scope.Scope> {
  const turn = yield* Semaphore.make(1)
  let running:
    | { readonly child: ChildProcess; readonly labels: ReadonlyArray<{ readonly id: string; readonly name: string }> }
    | undefined
  const stop = () => {
    running?.child.kill("SIGKILL")
    running = undefined
  }
  yield* Effect.addFinalizer(() => Effect.sync(stop))

  const start = Effect.suspend(() => {
    if (running !== undefined && running.child.connected) return Effect.succeed(running)
    const child = fork(processPath, [], {
      serialization: "advanced",
      execArgv: ["--no-warnings"],
      env: environment(),
      stdio: ["ignore", "ignore", "ignore", "ipc"]
    })
    return Effect.flatMap(converse(child, setup), (reply) => {
      if (reply.kind === "ready") {
        running = { child, labels: reply.labels }
        child.unref()
        child.channel?.unref()
        return Effect.succeed(running)
      }
      child.kill("SIGKILL")
      return Effect.fail(
        reply.kind === "missing"
          ? wireError(
              21350,
              `the runtime of this model is not installed; add the package ${reply.packageName} (npm install ${reply.packageName})`
            )
          : reply.kind === "refused"
            ? wireError(reply.code, reply.details)
            : wireError(21350, "the model's process spoke out of turn")
      )
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => child.kill("SIGKILL"))))
  })

  const bounded = <A>(work: Effect.Effect<A, WireError>) =>
    turn.withPermits(1)(
      work.pipe(
        Effect.timeoutOrElse({
          duration: timeoutMs,
          orElse: () => Effect.fail(wireError(21313, `the model took longer than ${timeoutMs} ms and was stopped`))
        }),
        Effect.tapError(({ code }) => Effect.sync(() => (code === 21313 ? stop() : undefined))),
        Effect.onInterrupt(() => Effect.sync(stop))
      )
    )

  return {
    labels: bounded(Effect.map(start, ({ labels }) => labels)),
    ask: (job, onPiece) =>
      bounded(
        Effect.flatMap(start, ({ child }) =>
          Effect.flatMap(converse(child, job, onPiece), (reply) =>
            reply.kind === "found"
              ? Effect.succeed(reply.finding)
              : Effect.fail(
                  reply.kind === "refused"
                    ? wireError(reply.code, reply.details)
                    : wireError(21313, "the model's process spoke out of turn")
                )
          )
        )
      )
  }
})

/** Sends one message and waits for the reply that ends it. */
const converse = (
  child: ChildProcess,
  message: HostSetup | HostJob,
  onPiece?: (text: string) => void
): Effect.Effect<HostReply, WireError> =>
  Effect.callback((resume) => {
    const done = (result: Effect.Effect<HostReply, WireError>) => {
      child.off("message", onMessage)
      child.off("exit", onExit)
      child.off("error", onExit)
      child.unref()
      child.channel?.unref()
      resume(result)
    }
    const onMessage = (reply: HostReply) =>
      reply.kind === "piece" ? onPiece?.(reply.text) : done(Effect.succeed(reply))
    const onExit = () =>
      done(Effect.fail(wireError(21313, "the model's process ended; it is started again at the next call")))
    child.ref()
    child.channel?.ref()
    child.on("message", onMessage)
    child.once("exit", onExit)
    child.once("error", onExit)
    child.send(message, (error) => {
      if (error !== null) onExit()
    })
    return Effect.sync(() => {
      child.off("message", onMessage)
      child.off("exit", onExit)
      child.off("error", onExit)
    })
  })
