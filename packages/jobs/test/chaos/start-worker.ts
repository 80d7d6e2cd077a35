// Starts a worker as a process.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("./worker-process.ts", import.meta.url))

/** Starts a worker, and resolves when it works. */
export const startWorker = async (settings: object) => {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ["ignore", "pipe", "inherit"] })
  const exited = once(child, "exit")
  await Promise.race([
    once(child.stdout, "data"),
    exited.then(([code, signal]) => {
      throw new Error(`a worker ended with ${code ?? signal} before it worked`)
    })
  ])
  return {
    kill: async () => {
      child.kill("SIGKILL")
      await exited
    }
  }
}
