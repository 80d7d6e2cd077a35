/** Every package from a registry, by every package manager: imported and required in each Node, compiled by each TypeScript. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bun, lowestNode, node } from "../../test/runtimes/runtime-list.ts"
import { compileIn, type Installed, installWith, type Resolution, runIn } from "../pack/install.ts"
import { managers, programOf } from "../pack/managers.ts"
import { type Registry, serveRegistry } from "../pack/registry.ts"
import { packAll, type Tarball } from "../pack/tarballs.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-install-"))
let tarballs: ReadonlyArray<Tarball> = []
let registry: Registry | undefined

beforeAll(async () => {
  tarballs = await packAll(join(folder, "tarballs"))
  registry = await serveRegistry(tarballs)
})
afterAll(async () => {
  await registry?.close()
  rmSync(folder, { recursive: true, force: true })
})

const nodes = [lowestNode, node("22.23.3"), node("24.21.0"), node("26.10.0")]

const projects = new Map<string, Installed>()
const installed = (name: string): Installed => {
  const project = projects.get(name)
  if (project === undefined) throw new Error(`${name} did not install`)
  return project
}

describe.each(managers)("$name", (manager) => {
  it("installs every package without a warning of peers", async () => {
    if (registry === undefined) throw new Error("there is no registry")
    const project = await installWith(join(folder, manager.name.replaceAll(/\W/g, "")), manager, registry, tarballs)
    projects.set(manager.name, project)
    expect(project.doors.length).toBeGreaterThan(15)
  })

  it.each(nodes)("imports and requires every door in $package", async (binary) => {
    await runIn(installed(manager.name), await programOf(binary))
  })
})

it("imports and requires every door in Bun", async () => {
  await runIn(installed("Bun"), await programOf(bun))
})

describe.each<Resolution>(["nodenext", "bundler"])("modules resolved by %s", (resolution) => {
  // one layout of packages beside each other, and one in which a package finds only what it declares
  it.each(["npm", "pnpm"])("TypeScript 7 compiles what %s installed", async (name) => {
    await compileIn(installed(name), ["tsc"], resolution)
  })
  it.each(["npm", "pnpm"])("TypeScript 5.9 compiles what %s installed", async (name) => {
    const compiler = await programOf({ package: "typescript@5.9.3", path: "bin/tsc" })
    await compileIn(installed(name), [process.execPath, compiler], resolution)
  })
})
