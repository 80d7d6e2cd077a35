/** Runs the cases in one runtime or in all: `node test/runtimes/main.ts --runtime Deno`. The last line says how it went. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { bundleCases, placeCore } from "./built-core.ts"
import { startFaultyService } from "./faulty-service.ts"
import { launch, type Launched } from "./launch.ts"
import { jpegBytes } from "./runtime-case.ts"
import { type Runtime, runtimes } from "./runtime-list.ts"

const { values } = parseArgs({ options: { runtime: { type: "string" } } })

const runIn = async (runtime: Runtime): Promise<Launched> => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-runtime-"))
  const service = await startFaultyService()
  try {
    placeCore(folder)
    const file = join(folder, "photo.jpg")
    writeFileSync(file, jpegBytes())
    const program = await bundleCases(runtime.kind, folder)
    const { kind, untold = [] } = runtime
    const config = { origins: service.origins, untold, ...(kind === "process" ? { file } : {}) }
    return await launch({ runtime, config, folder, program })
  } finally {
    await service.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Fewer than this means that a program ended early. */
const leastCases = 50

const told = ({ name }: Runtime, launched: Launched): boolean => {
  if ("unavailable" in launched) {
    console.log(`${name}: not run, since it cannot be had (${launched.unavailable})`)
    return true
  }
  if ("problem" in launched) {
    console.log(`${name}: ${launched.problem}`)
    return false
  }
  const { results } = launched
  const failed = results.filter(({ problem }) => problem !== undefined)
  const skipped = results.filter(({ skipped }) => skipped !== undefined)
  for (const result of [...failed, ...skipped]) console.log(JSON.stringify(result))
  const passed = results.length - failed.length - skipped.length
  console.log(`${name}: ${passed} cases passed, ${failed.length} failed, ${skipped.length} do not apply`)
  return failed.length === 0 && passed >= leastCases
}

const wanted = runtimes.filter(({ name }) => values.runtime === undefined || name === values.runtime)
if (wanted.length === 0)
  console.log(`no runtime ${values.runtime}; there are ${runtimes.map(({ name }) => name).join(", ")}`)
let well = wanted.length > 0
for (const runtime of wanted) well = told(runtime, await runIn(runtime)) && well
process.exitCode = well ? 0 : 1
