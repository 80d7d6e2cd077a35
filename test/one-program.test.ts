import { NotFound, sightline } from "@sightline/core"
import * as effectDoor from "@sightline/core/effect"
import * as pluginDoor from "@sightline/core/plugin"
import { engine } from "@sightline/engine"
import { exif } from "@sightline/plugin-exif"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "one-program-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// The smallest PNG: one grey pixel.
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64"
)

it("packages meet in one program, and an error is of one class through every door", async () => {
  await using app = sightline(engine({ directory: join(folder, "state") })).use(exif())
  const result = await app.input(pixel).predict("no-such-model").result()
  expect(result.ok).toBe(false)
  if (result.ok) return
  expect(result.error).toBeInstanceOf(NotFound)
  expect(pluginDoor.NotFound).toBe(NotFound)
  expect(effectDoor.stage).toBe(pluginDoor.stage)
})
