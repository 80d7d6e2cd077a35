import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { SoakReport } from "./child.ts"

/** Runs one soak in a process of its own; fails when the process does not end by itself. */
export const soak = async (mode: "calls" | "merged" | "stream", count: number): Promise<SoakReport> => {
  const script = join(import.meta.dirname, "child.ts")
  const child = spawn(process.execPath, ["--no-warnings", "--expose-gc", script, mode, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 600_000
  })
  let text = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
  })
  const [code]: ReadonlyArray<unknown> = await once(child, "close")
  if (code !== 0) throw new Error(`the soak ended with ${String(code)}`)
  return JSON.parse(text) as SoakReport // written by child.ts
}
