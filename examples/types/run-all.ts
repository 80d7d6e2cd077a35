/** Runs the example plugins once each, in one app, over a fake service. Prints one line when all did what they are for. */
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { exif } from "@sightline/plugin-exif"
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { audit } from "../plugins/audit.ts"
import { bucket } from "../plugins/bucket.ts"
import { nms } from "../plugins/nms.ts"
import { thumbnail } from "../plugins/thumbnail.ts"
import { watermark } from "../plugins/watermark.ts"

const status = { code: 10_000, description: "Ok" }
const regions = [0.5, 0.49, 0.1].map((right, i) => ({
  id: `r${i}`,
  value: 0.9 - i / 10,
  region_info: { bounding_box: { top_row: 0, left_col: 0, bottom_row: 1, right_col: right } }
}))
const service = fakeConnection(({ body }) => ({
  status,
  outputs: (body as { readonly inputs: ReadonlyArray<object> }).inputs.map(() => ({
    id: "o",
    status,
    data: { regions }
  }))
}))
const folder = mkdtempSync(join(tmpdir(), "plugins-"))
const path = join(folder, "audit.sqlite")
const entries = [{ name: "a", url: "https://images.test/a.jpg" }, { name: "b" }]
const server = createServer((_, response) => void response.end(JSON.stringify({ entries })))
await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening))
const { port } = server.address() as AddressInfo // TCP, so never a path
try {
  const app = sightline(service)
    .use(exif())
    .use(thumbnail())
    .use(watermark({ text: "mine" }))
    .use(nms())
    .use(audit({ path }))
    .use(bucket())
  const red = { width: 200, height: 100, channels: 3, background: "red" } as const
  const bytes = new Uint8Array(await sharp({ create: red }).jpeg().toBuffer())
  const picture = app.input(bytes).thumbnail(50)
  const { source } = await picture.run()
  const { height, width } = await sharp(source.from === "bytes" ? source.bytes : bytes).metadata()
  assert.deepEqual([width, height], [50, 25])
  const answer = await picture.watermark().predict(models.faces).nms().run()
  assert.deepEqual(
    answer.regions.map(({ id }) => id),
    ["r0", "r2"]
  )
  const faded = await picture.watermark(0).result()
  assert.equal(!faded.ok && faded.error._tag, "Faded")
  const outcomes = await app.bucket(`http://127.0.0.1:${port}`).predict(models.faces).nms().run()
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.ok ? outcome.value.regions.length : outcome.error._tag)),
    [2, "NoAddress"]
  )
  await app[Symbol.asyncDispose]()
  const database = new DatabaseSync(path)
  const rows = database.prepare("SELECT ok FROM outcomes").all()
  database.close()
  assert.deepEqual(
    rows.map((row) => row["ok"]),
    [1, 1, 0, 1, 0]
  )
  console.log(`five plugins did their work, and ${rows.length} inputs were written down`)
} finally {
  server.close()
  rmSync(folder, { recursive: true })
}
