// `pnpm bench pictures [--json]`: pictures described a second by the built-in embedder on all cores, against only
// decoding them with sharp in as many processes' worth of work: to all their pixels, and to the size described.
import { Effect } from "effect"
import { availableParallelism } from "node:os"
import sharp from "sharp"
import { drawLeaves } from "../../packages/engine/src/vision/dead-leaves.ts"
import { makeEmbedder } from "../../packages/engine/src/vision/built-in-encoder.ts"
import { asTable, median } from "./harness.ts"

const cores = availableParallelism()
const rounds = 3

/** A photograph-like JPEG of so many megapixels. */
const picture = async (width: number, height: number): Promise<Uint8Array> => {
  const { data } = drawLeaves(42, 1024, 768)
  const large = sharp(data, { raw: { width: 1024, height: 768, channels: 3 } }).resize(width, height, { fit: "fill" })
  return new Uint8Array(await large.jpeg({ quality: 90 }).toBuffer())
}

const inTurn = async (count: number, work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  let left = count
  const lane = async () => {
    while (left-- > 0) await work()
  }
  await Promise.all(Array.from({ length: cores * 2 }, lane))
  return (performance.now() - start) / count
}

const report = []
for (const [name, width, height, count] of [
  ["12 megapixels", 4000, 3000, 24],
  ["1 megapixel", 1155, 866, 80]
] as const) {
  const bytes = await picture(width, height)
  sharp.concurrency(1)
  sharp.cache(false)
  const contenders: Readonly<Record<string, () => Promise<unknown>>> = {
    "sharp, all pixels": () => sharp(bytes).raw().toBuffer(),
    "sharp, to 256 pixels": () => sharp(bytes).resize(256).raw().toBuffer()
  }
  const times = new Map<string, Array<number>>()
  const note = (contender: string, ms: number) => times.set(contender, [...(times.get(contender) ?? []), ms])
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const fast = yield* makeEmbedder({ setting: "fast" })
        const accurate = yield* makeEmbedder({ setting: "accurate" })
        const embedders = { "engine, fast": fast, "engine, accurate": accurate }
        for (let round = -1; round < rounds; round++) {
          for (const [contender, work] of Object.entries(contenders)) {
            const ms = yield* Effect.promise(() => inTurn(count, work))
            if (round >= 0) note(contender, ms)
          }
          for (const [contender, { embed }] of Object.entries(embedders)) {
            const ms = yield* Effect.promise(() => inTurn(count, () => Effect.runPromise(embed(bytes))))
            if (round >= 0) note(contender, ms)
          }
        }
      })
    )
  )
  const base = median(times.get("sharp, all pixels") ?? [])
  const rows = [...times].map(([contender, ms]) => ({
    contender: `${contender}, ${(1000 / median(ms)).toFixed(1)} a second`,
    medianMs: Math.round(median(ms) * 10) / 10,
    ratio: Math.round((base / median(ms)) * 100) / 100,
    peakRssMb: Math.round(process.memoryUsage().rss / 1e6),
    runsMs: ms.map((one) => Math.round(one * 10) / 10)
  }))
  report.push({
    title: `${name}, ${Math.round(bytes.length / 1000)} kB, ${cores} cores: ms a picture; ratio of throughput`,
    rows
  })
}
console.log(
  process.argv.includes("--json")
    ? JSON.stringify({ benchmark: "pictures", tables: report })
    : report.map(({ rows, title }) => asTable(title, rows)).join("\n\n")
)
