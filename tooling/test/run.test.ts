import { join } from "node:path"
import { expect, it } from "vitest"
import { root, runCommand } from "../run-command.ts"

it("an unknown job is refused in one line that names the known ones", async () => {
  const { code, stdout, output } = await runCommand(process.execPath, [join(root, "tooling/run.mjs"), "deploy"])
  expect(code).toBe(1)
  expect(stdout).toBe("")
  expect(output.trim().split("\n")).toEqual([
    `sightline: unknown job "deploy": use one of setup, demo, test, test:long`
  ])
})
