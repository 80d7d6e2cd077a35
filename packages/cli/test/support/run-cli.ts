/** Runs the command: in this process with streams of its own, or as a process. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { PassThrough, Readable } from "node:stream"
import { runProgram } from "../../src/command-line/program.ts"
import { commandTable } from "../../src/command-table.ts"
import type { Input, Output } from "../../src/terminal/io.ts"

/** How the command is run. */
export interface RunOptions {
  readonly cwd: string
  /** What standard input contains; empty if absent. */
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** True if standard output and standard error are terminals. */
  readonly tty?: boolean
  readonly columns?: number
  readonly home?: string
  readonly signal?: AbortSignal
}

/** How a run ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const makeOutput = ({ columns = 80, tty = false }: RunOptions) => {
  const stream: Output = Object.assign(new PassThrough(), tty ? { isTTY: true, columns } : {})
  let text = ""
  stream.on("data", (chunk: Buffer) => (text += chunk.toString()))
  return { stream, text: () => text }
}

/** Runs the command in this process. */
export const cli = async (args: ReadonlyArray<string>, options: RunOptions): Promise<Ran> => {
  const stdout = makeOutput(options)
  const stderr = makeOutput(options)
  const stdin: Input = Readable.from(options.stdin === undefined ? [] : [options.stdin])
  const io = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: options.env ?? {},
    cwd: options.cwd,
    home: options.home ?? options.cwd,
    stop: { drain: options.signal ?? new AbortController().signal }
  }
  const code = await runProgram(args, io, { commands: commandTable })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/** The command's program. */
export const main = join(import.meta.dirname, "..", "..", "src", "main.ts")

/** A running process of the command. */
export interface Process {
  readonly ended: Promise<Ran & { readonly signal: NodeJS.Signals | null }>
  readonly kill: (signal: NodeJS.Signals) => void
  /** Resolves when standard output or standard error contains the text. */
  readonly shows: (text: string) => Promise<void>
}

/** Starts the command as a process. */
export const start = (args: ReadonlyArray<string>, { cwd, env = {}, stdin }: RunOptions): Process => {
  const { HOME: _home, ...inherited } = process.env
  const child = spawn(process.execPath, ["--no-warnings", main, ...args], {
    cwd,
    env: { ...inherited, HOME: cwd, ...env },
    stdio: ["pipe", "pipe", "pipe"]
  })
  let stdout = ""
  let stderr = ""
  const waiting = new Set<() => void>()
  const check = () => {
    for (const one of waiting) one()
  }
  child.stdout.on("data", (chunk: Buffer) => ((stdout += chunk.toString()), check()))
  child.stderr.on("data", (chunk: Buffer) => ((stderr += chunk.toString()), check()))
  child.stdin.end(stdin ?? "")
  const ended = new Promise<Ran & { readonly signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => {
      resolve({ code: code ?? -1, stdout, stderr, signal })
      check()
    })
  })
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    shows: (text) =>
      new Promise((resolve, reject) => {
        const one = () => {
          if (!stdout.includes(text) && !stderr.includes(text)) {
            if (child.exitCode === null) return
            reject(new Error(`the command ended before it showed ${text}: ${stdout}${stderr}`))
          } else resolve()
          waiting.delete(one)
        }
        waiting.add(one)
        one()
      })
  }
}
