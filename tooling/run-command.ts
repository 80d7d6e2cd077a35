/** Runs one program to its end and keeps what it said; the only place of the tooling that starts processes. */
import { spawn } from "node:child_process"
import { resolve } from "node:path"

/** The workspace's root folder. */
export const root: string = resolve(import.meta.dirname, "..")

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** After this long it is killed and counts as failed (exit code 124). */
  readonly timeoutMs?: number
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  /** Both streams in the order they arrived. */
  readonly output: string
  readonly ms: number
}

/** Never rejects: a program that cannot be started ends with 127. */
export const runCommand = (
  command: string,
  args: ReadonlyArray<string>,
  { cwd = root, env = {}, timeoutMs = 600_000 }: CommandOptions = {}
): Promise<CommandResult> =>
  new Promise((done) => {
    const started = performance.now()
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let [stdout, output, late] = ["", "", false]
    const timer = setTimeout(() => {
      late = true
      child.kill("SIGKILL")
    }, timeoutMs)
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text))
    const end = (code: number) => {
      clearTimeout(timer)
      done({ code, stdout, output, ms: performance.now() - started })
    }
    child.on("error", (cause) => {
      output += String(cause)
      end(127)
    })
    child.on("close", (code) => {
      if (late) output += `\nkilled after ${timeoutMs} ms`
      end(late ? 124 : (code ?? 1))
    })
  })
