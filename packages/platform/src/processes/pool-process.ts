/** One child process of a pool: messages both ways, limits on work, and a forced end. */
import { type ChildProcess, fork } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { makeWorkClock, processorMs } from "./work-clock.ts"

/**
 * A process gives no answer. `missing`: its program's file does not exist. `exit`: it ended, or could not be started.
 * `killed`: a signal ended it, as it does to itself over its memory limit. `overran`: it worked longer than its limit.
 */
export class ProcessFailed extends Data.TaggedError("ProcessFailed")<{
  readonly reason: "missing" | "exit" | "killed" | "overran"
  readonly message: string
}> {}

/** What Node's permission model lets a process do. It never starts processes or threads, and writes nowhere. */
export interface ProcessPermissions {
  /** Files and folders that it may read. */
  readonly read: ReadonlyArray<string>
  /** Files and folders that it may write. @default none */
  readonly write?: ReadonlyArray<string>
  /** Whether it loads native code. */
  readonly addons: boolean
  /** Whether it may use the network, where Node supports that. @default false */
  readonly net?: boolean
}

/** How a process is started. */
export interface ProcessSpec {
  /** The program; see `programBeside`. Undefined if it is not known where it is. */
  readonly program: URL | undefined
  readonly args?: ReadonlyArray<string>
  readonly execArgv?: ReadonlyArray<string>
  /** Environment variables beside the few that a process needs to start. Nothing else is passed on: it may be a key. */
  readonly env?: Readonly<Record<string, string>>
  /** Names of further variables to pass on. */
  readonly passEnv?: ReadonlyArray<string>
  /** @default no confinement */
  readonly permissions?: ProcessPermissions
}

/** A running process, used by one task at a time. */
export interface PoolProcess<Send, Receive> {
  readonly send: (message: Send) => void
  /** The next message. `limitMs` bounds the work (not the waiting) until it arrives; the process is killed if it takes more. */
  readonly receive: (limitMs?: number) => Effect.Effect<Receive, ProcessFailed>
  /** Work counted so far while a `receive` with a limit waited, in milliseconds. */
  readonly workedMs: () => number
}

/** A process as its pool sees it. */
export interface OwnedProcess<Send, Receive> extends PoolProcess<Send, Receive> {
  readonly isAlive: () => boolean
  /** True after a message for which `isLast` holds, until the next `send`. */
  readonly isAtRest: () => boolean
  /** Whether it keeps its parent's program running. */
  readonly setBusy: (busy: boolean) => void
  readonly kill: () => void
  readonly onExit: (listener: () => void) => void
}

const passedOn = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]

const environmentOf = ({ env, passEnv = [] }: ProcessSpec): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    [...passedOn, ...passEnv].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  ),
  ...env
})

const permissionFlags = ({ addons, net = false, read, write = [] }: ProcessPermissions): ReadonlyArray<string> =>
  !process.allowedNodeEnvironmentFlags.has("--permission")
    ? []
    : [
        "--permission",
        ...read.map((path) => `--allow-fs-read=${path}`),
        ...write.map((path) => `--allow-fs-write=${path}`),
        ...(addons ? ["--allow-addons"] : []),
        ...(net && process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [])
      ]

/** Enough of standard error to say why a process could not start. */
const maxErrorText = 4096

/**
 * The URL of a program that is a file beside the caller's own: source beside source, built beside built. Undefined if the
 * caller does not know its own URL, as in a bundle of CommonJS.
 *
 * @example programBeside(import.meta.url, "decoder-process")
 */
export const programBeside = (url: string | undefined, name: string): URL | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(`./${name}${url.endsWith(".ts") ? ".ts" : ".js"}`, url) : undefined

/** The path of a program's file. Throws `ProcessFailed` if the file is not there, as after bundling. */
export const programFile = (program: URL | undefined): string => {
  const file = program?.protocol === "file:" ? fileURLToPath(program) : undefined
  if (file !== undefined && existsSync(file)) return file
  const name = file === undefined ? "of a child process or thread" : (file.split(/[\\/]/).at(-1) ?? "")
  throw new ProcessFailed({
    reason: "missing",
    message: `the program ${name} is not there; a bundler must leave this package external`
  })
}

/** Starts a process. Fails with `missing` if its file is not there, as after bundling. */
export const startProcess = <Send, Receive>(
  spec: ProcessSpec,
  isLast: (message: Receive) => boolean
): Effect.Effect<OwnedProcess<Send, Receive>, ProcessFailed> =>
  Effect.try({
    try: () => programFile(spec.program),
    catch: (cause) =>
      cause instanceof ProcessFailed ? cause : new ProcessFailed({ reason: "missing", message: String(cause) })
  }).pipe(
    Effect.map((file) => {
      const child = fork(file, spec.args ?? [], {
        serialization: "advanced",
        execArgv: [
          "--no-warnings",
          ...(spec.permissions ? permissionFlags(spec.permissions) : []),
          ...(spec.execArgv ?? [])
        ],
        env: environmentOf(spec),
        stdio: ["ignore", "ignore", "pipe", "ipc"]
      })
      return own<Send, Receive>(child, isLast)
    })
  )

const own = <Send, Receive>(
  child: ChildProcess,
  isLast: (message: Receive) => boolean
): OwnedProcess<Send, Receive> => {
  const arrived: Array<Receive> = []
  let atRest = false
  let ended: ProcessFailed | undefined
  let wake: (() => void) | undefined
  let errorText = ""
  let heard = false
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (errorText.length < maxErrorText) errorText += text
  })
  // A socket underneath, which need not keep the program running; its type does not show that.
  if (child.stderr !== null && "unref" in child.stderr && typeof child.stderr.unref === "function") child.stderr.unref()
  const end = (failure: ProcessFailed) => {
    ended ??= failure
    wake?.()
  }
  child.on("message", (message: Receive) => {
    heard = true
    arrived.push(message)
    atRest = isLast(message)
    wake?.()
  })
  const exited = (code: number | null, signal: NodeJS.Signals | null) => {
    const why = heard ? "" : firstError(errorText)
    end(
      signal === "SIGKILL"
        ? new ProcessFailed({ reason: "killed", message: "the process was killed" })
        : new ProcessFailed({ reason: "exit", message: `the process ended (${signal ?? code})${why}` })
    )
  }
  child.on("exit", exited)
  child.on("error", (cause) =>
    end(new ProcessFailed({ reason: "exit", message: `the process failed: ${cause.message}` }))
  )
  const kill = () => {
    child.kill("SIGKILL")
  }
  let overran: (() => void) | undefined
  const clock = makeWorkClock(
    () => processorMs(child.pid),
    () => overran?.()
  )
  const receive = (limitMs?: number): Effect.Effect<Receive, ProcessFailed> =>
    Effect.callback((resume) => {
      const settle = () => {
        const message = arrived.shift()
        if (message === undefined && ended === undefined) return
        stop()
        resume(message === undefined ? Effect.fail(ended as ProcessFailed) : Effect.succeed(message))
      }
      const stop = () => {
        clock.rest()
        wake = undefined
        overran = undefined
      }
      overran = () => {
        ended ??= new ProcessFailed({ reason: "overran", message: `more than ${limitMs} ms of work` })
        kill()
        settle()
      }
      wake = settle
      if (limitMs !== undefined) clock.begin(limitMs)
      settle()
      return Effect.sync(stop)
    })
  return {
    send: (message) => {
      atRest = false
      if (child.connected)
        child.send(message as object, (cause) => {
          if (cause !== null) end(new ProcessFailed({ reason: "exit", message: "the process cannot be reached" }))
        })
      else end(new ProcessFailed({ reason: "exit", message: "the process cannot be reached" }))
    },
    receive,
    workedMs: clock.totalMs,
    isAlive: () => ended === undefined && child.connected && child.exitCode === null && !child.killed,
    isAtRest: () => atRest && arrived.length === 0,
    setBusy: (busy) => {
      if (busy) {
        child.ref()
        child.channel?.ref()
      } else {
        child.unref()
        child.channel?.unref()
      }
    },
    kill,
    onExit: (listener) => {
      child.once("exit", listener)
      child.once("error", listener)
    }
  }
}

/** The line of standard error that names the error. */
const firstError = (text: string): string => {
  const line = text.split("\n").find((candidate) => /^\w*Error\b/.test(candidate))
  return line === undefined ? "" : `: ${line.slice(0, 300)}`
}
