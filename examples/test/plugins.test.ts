import { models, type PredictError, sightline } from "@sightline/core"
import { exif, type ImageError } from "@sightline/plugin-exif"
import type { InvalidOption, MediaUnreadable } from "@sightline/core/plugin"
import { fakeConnection } from "@sightline/core/testing"
import type { Effect } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { mkdtempSync, rmSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { describe, expect, expectTypeOf, it } from "vitest"
import { audit } from "../plugins/audit.ts"
import { bucket, type NoAddress } from "../plugins/bucket.ts"
import { nms } from "../plugins/nms.ts"
import { thumbnail } from "../plugins/thumbnail.ts"
import { type Faded, watermark } from "../plugins/watermark.ts"

const ok = { code: 10_000, description: "Ok" }
const box = (right: number) => ({ top_row: 0, left_col: 0, bottom_row: 1, right_col: right })
const regions = [0.5, 0.49, 0.1].map((right, i) => ({
  id: `r${i}`,
  value: 0.9 - i / 10,
  region_info: { bounding_box: box(right) }
}))
const connection = () =>
  fakeConnection(({ body }) => ({
    status: ok,
    outputs: (body as { readonly inputs: ReadonlyArray<object> }).inputs.map(() => ({
      id: "o",
      status: ok,
      data: { regions }
    }))
  }))
const url = "https://images.test/a.jpg"

describe("the example plugins", () => {
  it("watermark fails with its own error and keeps its service to itself", async () => {
    const chain = sightline(connection())
      .use(watermark({ text: "mine" }))
      .input(url)
      .watermark(0)
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<Faded>()
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<never>()
    const result = await chain.result()
    expect(!result.ok && result.error._tag).toBe("Faded")
  })

  it("nms keeps the best of overlapping regions, and the answer", async () => {
    const chain = sightline(connection()).use(nms()).input(url).predict(models.faces).nms()
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<PredictError>()
    const answer = await chain.run()
    expect(answer.regions.map(({ id }) => id)).toEqual(["r0", "r2"])
    expect(answer.inputId).toBeTypeOf("string")
  })

  it("audit writes every outcome of a run", async () => {
    const folder = mkdtempSync(join(tmpdir(), "audit-"))
    const path = join(folder, "audit.sqlite")
    {
      await using app = sightline(connection()).use(audit({ path }))
      await app.inputs([url, new Uint8Array()]).predict(models.faces).run()
    }
    const database = new DatabaseSync(path)
    const rows = database.prepare("SELECT input, ok FROM outcomes ORDER BY input").all()
    database.close()
    rmSync(folder, { recursive: true })
    expect(rows.map((row) => [row["input"], row["ok"]])).toEqual([
      [0, 1],
      [1, 0]
    ])
  })

  it("bucket reads a listing in pages, and one bad entry fails alone", async () => {
    const server = createServer((request, response) => {
      const second = request.url === "/2"
      const entries = second
        ? [{ name: "c" }, { name: "d", url }]
        : [
            { name: "a", url },
            { name: "b", url }
          ]
      response.end(JSON.stringify({ entries, ...(second ? {} : { next: `${base}/2` }) }))
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path
    const chain = sightline(connection()).use(bucket()).bucket(`${base}/1`).predict(models.faces)
    expectTypeOf<NoAddress>().toExtend<Extract<Effect.Success<typeof chain>[number], { readonly ok: false }>["error"]>()
    const outcomes = await chain.run()
    server.close()
    expect(outcomes.map((one) => one.key ?? (!one.ok && one.error._tag))).toEqual(["a", "b", "NoAddress", "d"])
    expect((await chain.plan()).notes[0]).toMatch(/read only once/)
  })

  it("thumbnail uses the verb and the codec of exif", async () => {
    const bytes = new Uint8Array(
      await sharp({ create: { width: 200, height: 100, channels: 3, background: "red" } })
        .jpeg()
        .toBuffer()
    )
    const chain = sightline(connection()).use(exif()).use(thumbnail()).input(bytes).thumbnail(50)
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<InvalidOption | MediaUnreadable | ImageError>()
    const { source } = await chain.run()
    const { height, width } = await sharp(source.from === "bytes" ? source.bytes : bytes).metadata()
    expect([width, height]).toEqual([50, 25])
  })
})
