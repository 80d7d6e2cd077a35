// The command that writes typed handles, as a user runs it, against the engine on a socket.
import { sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "command-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// What a package manager would link: the file that `bin` names.
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../packages/core/package.json"), "utf8")) as {
  readonly bin: Readonly<Record<string, string>>
}
const main = join(import.meta.dirname, "../packages/core", manifest.bin["sightline-models"] ?? "")

const command = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number; readonly stderr: string }>((done) => {
    execFile(process.execPath, [main, ...args], { env, timeout: 60_000 }, (error, _, stderr) =>
      done({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stderr })
    )
  })

it("sightline-models writes what the engine holds, and says what it does not", async () => {
  const here = engine({ directory: join(folder, "state") })
  await using app = sightline(here).use(resources())
  const { models } = app.resources
  await models.create({ id: "pets", concepts: ["charlie", "our_wedding"] }).run()
  await models.create({ id: "empty" }).run()
  const { close, url } = await here.serve({ port: 0, host: "127.0.0.1", key: "the-key" })
  try {
    const env = { CLARIFAI_PAT: "the-key", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main", CLARIFAI_API_BASE: url }
    const out = join(folder, "models.ts")
    const written = await command(env, "--out", out, "pets", "empty")
    expect(written).toMatchObject({ code: 0 })
    expect(readFileSync(out, "utf8")).toContain('concepts: ["charlie","our_wedding"]')
    expect(readFileSync(out, "utf8")).toContain('export const empty = model({\n  id: "empty",')
    const all = await command(env, "--out", out)
    expect(all.code, all.stderr).toBe(0)
    expect(readFileSync(out, "utf8")).toContain("export const pets = ")
    const ghost = await command(env, "ghost")
    expect(ghost).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sightline-models: NotFound: ghost.*\n$/) })
    const bad = await command({ ...env, CLARIFAI_PAT: "a-bad-key-0123456789" })
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringMatching(/^sightline-models: Unauthorized: .*\n$/) })
    expect(bad.stderr).not.toContain("a-bad-key")
  } finally {
    await close()
  }
})
