/** The bills of materials that a release attaches: one for each published package, with what it installs. */
import { readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { publishedFolders } from "../pack/tarballs.ts"
import { root, runCommand } from "../run-command.ts"
import type { Check } from "./check.ts"

/** A CycloneDX document, as far as it is checked. */
interface Bill {
  readonly bomFormat?: string
  readonly components?: ReadonlyArray<{ readonly purl?: string }>
}

export const bomCheck: Check = {
  name: "bills of materials",
  run: async () => {
    const folder = join(root, "sbom")
    rmSync(folder, { recursive: true, force: true })
    const { code, output } = await runCommand("pnpm", ["bom"])
    if (code !== 0) return { problem: `pnpm bom ended with ${code}\n${output.slice(-2000)}` }
    const files = readdirSync(folder).filter((name) => name.endsWith(".cdx.json"))
    // written by pnpm just now; a document of another form has no components, and fails below
    const bills = files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Bill)
    const incomplete = files.filter((_, i) => {
      const { bomFormat, components = [] } = bills[i] ?? {}
      return bomFormat !== "CycloneDX" || components.length === 0 || components.some(({ purl }) => purl === undefined)
    })
    const packages = publishedFolders().length
    if (files.length !== packages) return { problem: `${files.length} bills of ${packages} packages` }
    return incomplete.length === 0
      ? { note: `${packages} packages` }
      : { problem: `no components: ${incomplete.join(", ")}` }
  }
}
