// A server as a process: started when it answers, restarted on the same port and folder, stopped by its process.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** A server that runs. */
export interface Server extends AsyncDisposable {
  readonly url: string
  /** Ends it in order and starts it again. */
  readonly restart: () => Promise<void>
}

/** How a server is started. */
export interface ServerProgram {
  readonly file: string
  readonly args: ReadonlyArray<string>
  /** The user that runs it, where it is not this process's. */
  readonly user?: { readonly uid: number; readonly gid: number }
  readonly port: number
  readonly url: string
  /** The signal that ends it in order. */
  readonly endSignal: "SIGTERM" | "SIGINT"
  readonly folder: string
}

/** A folder for a server's data. */
export const dataFolder = (name: string): string => mkdtempSync(join(tmpdir(), `sightline-${name}-`))

/** The path of an installed program; undefined if there is none. `folders` are looked into after the PATH. */
export const installed = (program: string, folders: ReadonlyArray<string> = []): string | undefined =>
  [...(process.env["PATH"] ?? "").split(delimiter), ...folders]
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** Subfolders of a folder, the last by name first. */
export const subfolders = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
      .toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }))
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, "127.0.0.1")
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const mostTries = 600

/** Starts a server. Its folder is removed when it is disposed. */
export const startServer = async (
  { args, endSignal, file, folder, port, url, user }: ServerProgram,
  isReady: () => Promise<boolean> = () => answers(port)
): Promise<Server> => {
  let child: ChildProcess | undefined
  const kill = () => child?.kill("SIGKILL")
  const start = async () => {
    const started = spawn(file, args, { stdio: "ignore", cwd: folder, ...user })
    child = started
    for (let i = 0; !(await isReady()); i++) {
      if (started.exitCode !== null || i > mostTries) throw new Error(`${file} ${args.join(" ")} does not start`)
      await sleep(50)
    }
  }
  const stop = async () => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null) return
    const exited = once(ending, "exit")
    ending.kill(endSignal)
    await exited
  }
  process.once("exit", kill)
  await start()
  return {
    url,
    restart: async () => {
      await stop()
      await start()
    },
    [Symbol.asyncDispose]: async () => {
      process.off("exit", kill)
      await stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
