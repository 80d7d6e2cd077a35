/** Other clients, installed beside the benchmarks the first time one asks for them. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { here } from "./harness.ts"

export const peersFolder = join(here, "..", "peers")

/** True when they are there; installs them when not, and says so when that fails. */
export const peersInstalled = (): boolean => {
  if (existsSync(join(peersFolder, "node_modules", "clarifai-nodejs"))) return true
  console.error("installing the clients to compare with (123 MB, once) …")
  const { status } = spawnSync("pnpm", ["install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: peersFolder,
    stdio: ["ignore", 2, 2]
  })
  if (status !== 0) console.error("they could not be installed: comparing without `clarifai` and `clarifai-nodejs`")
  return status === 0
}
