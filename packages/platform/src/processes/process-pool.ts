/**
 * A pool of supervised child processes. Processes and not threads, because native code in a thread cannot be stopped, and
 * a crash there ends the program with it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type OwnedProcess, type PoolProcess, ProcessFailed, type ProcessSpec, startProcess } from "./pool-process.ts"

export {
  type OwnedProcess,
  type PoolProcess,
  ProcessFailed,
  type ProcessPermissions,
  type ProcessSpec,
  programBeside,
  programFile,
  startProcess
} from "./pool-process.ts"
export { codeFolders } from "./code-folders.ts"

/** How a pool is set up. */
export interface PoolOptions<Send, Receive, Ready, E> extends ProcessSpec {
  /** Most processes at work at once; further tasks wait. */
  readonly size: number
  /** How long a process waits for its next task before it is ended, in milliseconds. @default until the pool closes */
  readonly idleMs?: number
  /** True for a message that ends a task. A process whose task ended otherwise is killed and not used again. */
  readonly isLast: (message: Receive) => boolean
  /** The first exchange with a new process. Its result is passed to every task. */
  readonly prepare: (child: PoolProcess<Send, Receive>) => Effect.Effect<Ready, E>
}

/** Longer timers would fire at once. */
const longestTimer = 2 ** 31 - 1

/** Runs tasks, each in a separate process for as long as it lasts. */
export interface ProcessPool<Send, Receive, Ready, E> {
  /** Runs a task. Its process is kept for the next task if the last message that it sent ends a task, and killed otherwise. */
  readonly use: <A, E2, R>(
    task: (child: PoolProcess<Send, Receive>, ready: Ready) => Effect.Effect<A, E2, R>
  ) => Effect.Effect<A, E | E2 | ProcessFailed, R>
}

/** Node's message where a program is denied what it needs to start. */
const isDenied = (failure: unknown): boolean =>
  failure instanceof Object &&
  Object.values(failure).some(
    (value) => typeof value === "string" && value.includes("Access to this API has been restricted")
  )

/** A process that has answered the first exchange. */
export interface PreparedProcess<Send, Receive, Ready> {
  readonly child: OwnedProcess<Send, Receive>
  readonly ready: Ready
}

/**
 * Starts processes and exchanges the first messages with each. Some layouts of packages are not known: once a program may
 * not read its own code, it and those that follow run unconfined, with a warning.
 */
export const makeStarter = <Send, Receive, Ready, E>(
  options: Omit<PoolOptions<Send, Receive, Ready, E>, "size">,
  onStart: (child: OwnedProcess<Send, Receive>) => void = () => {}
): Effect.Effect<PreparedProcess<Send, Receive, Ready>, E | ProcessFailed> => {
  let confined = options.permissions !== undefined
  const startOnce = Effect.gen(function* () {
    const { permissions: _confinement, ...unconfined } = options
    const child = yield* startProcess<Send, Receive>(confined ? options : unconfined, options.isLast)
    onStart(child)
    const ready = yield* options
      .prepare(child)
      .pipe(Effect.onExit((exit) => Effect.sync(() => exit._tag === "Failure" && child.kill())))
    return { child, ready }
  })
  return Effect.catchIf(
    startOnce,
    (failure) => confined && isDenied(failure),
    () => {
      confined = false
      return Effect.andThen(
        Effect.logWarning("a child process may not read its own code, so it runs without confinement"),
        startOnce
      )
    }
  )
}

/** Opens a pool. Its processes start when they are first needed, and are killed when the scope closes. */
export const makeProcessPool = Effect.fnUntraced(function* <Send, Receive, Ready, E>(
  options: PoolOptions<Send, Receive, Ready, E>
): Effect.fn.Return<ProcessPool<Send, Receive, Ready, E>, never, Scope.Scope> {
  interface Member extends PreparedProcess<Send, Receive, Ready> {
    /** Ends the process when it has been idle for too long. */
    timer?: NodeJS.Timeout
  }
  const permits = yield* Semaphore.make(Math.max(1, options.size))
  const idle: Array<Member> = []
  const all = new Set<OwnedProcess<Send, Receive>>()
  let closed = false
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      closed = true
      for (const child of all) child.kill()
    })
  )

  const start = makeStarter(options, (child) => {
    all.add(child)
    child.onExit(() => all.delete(child))
  })

  const take = Effect.suspend((): Effect.Effect<Member, E | ProcessFailed> => {
    if (closed) return Effect.fail(new ProcessFailed({ reason: "exit", message: "the pool is closed" }))
    for (let member = idle.pop(); member !== undefined; member = idle.pop()) {
      clearTimeout(member.timer)
      if (member.child.isAlive()) return Effect.succeed(member)
    }
    return start
  })

  const end = (member: Member) => {
    const at = idle.indexOf(member)
    if (at >= 0) idle.splice(at, 1)
    member.child.kill()
  }
  const give = (member: Member) =>
    Effect.sync(() => {
      const { child } = member
      if (!closed && child.isAlive() && child.isAtRest()) {
        child.setBusy(false)
        idle.push(member)
        // An idle pool must not keep the program running.
        if (options.idleMs !== undefined)
          member.timer = setTimeout(() => end(member), Math.min(options.idleMs, longestTimer)).unref()
      } else child.kill()
    })

  return {
    use: (task) =>
      permits.withPermits(1)(
        Effect.acquireUseRelease(
          Effect.interruptible(take),
          (member) => {
            member.child.setBusy(true)
            return task(member.child, member.ready)
          },
          give
        )
      )
  }
})
