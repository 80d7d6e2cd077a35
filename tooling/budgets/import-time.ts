/** How long importing the built main door takes, measured against importing Effect alone. */
import { pathToFileURL } from "node:url"
import { join } from "node:path"
import { root, runCommand } from "../run-command.ts"

/** Milliseconds of one `import()` in a fresh process. */
const importMs = async (specifier: string): Promise<number> => {
  const program = `const t = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - t)`
  const { code, stdout, output } = await runCommand(process.execPath, ["--input-type=module", "-e", program], {
    cwd: join(root, "tooling"),
    // an import is measured with its compilation
    env: { NODE_COMPILE_CACHE: undefined }
  })
  if (code !== 0) throw new Error(`importing ${specifier} failed: ${output}`)
  return Number(stdout)
}

export interface ImportTime {
  readonly ratio: number
  readonly coreMs: number
  readonly effectMs: number
}

/** The best of interleaved rounds, since noise only adds; the ratio is what machines agree on. */
export const importTime = async (rounds = 11): Promise<ImportTime> => {
  const core = pathToFileURL(join(root, "packages", "core", "dist", "index.js")).href
  const [cores, effects]: [Array<number>, Array<number>] = [[], []]
  for (let round = 0; round < rounds; round++) {
    effects.push(await importMs("effect/Effect"))
    cores.push(await importMs(core))
  }
  const [coreMs, effectMs] = [Math.min(...cores), Math.min(...effects)]
  return { ratio: coreMs / effectMs, coreMs, effectMs }
}
