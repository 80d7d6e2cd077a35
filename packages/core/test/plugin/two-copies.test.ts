// Two copies of the package in one program, as two versions in one `node_modules` are.
import { assert, it } from "@effect/vitest"
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { sightline } from "../../src/index.ts"
import type { definePlugin } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"

it("two copies of core in one program are told by name", async () => {
  const core = join(import.meta.dirname, "../..")
  const folder = join(core, `.copy-${process.pid}`)
  try {
    cpSync(join(core, "src"), folder, { recursive: true })
    const other = (await import(/* @vite-ignore */ join(folder, "plugin.ts"))) as {
      readonly definePlugin: typeof definePlugin
    } // the door of the copy
    const plugin = other.definePlugin({ name: "upright", version: 1 })
    assert.throws(
      () => sightline(fakeConnection(() => ({}))).use(plugin),
      "plugin upright: it was made by another copy of @sightline/core than the app's; install one copy (npm ls @sightline/core)"
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)
