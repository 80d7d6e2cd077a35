// `pnpm bench training-engine [photographs] [side]`: drawn photographs from a folder to an evaluated model on the engine,
// with the time of each stage and the memory of this process, engine included, as the stages go.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { folder, training } from "@sightline/plugin-training"
import sharp from "sharp"

const [count = 10_000, side = 96] = process.argv.slice(2).map(Number)
const colors = ["crimson", "navy", "seagreen", "gold", "purple"]
const place = mkdtempSync(join(tmpdir(), "bench-training-"))
const photos = join(place, "photos")
const draw = (i: number) => {
  const color = colors[i % colors.length] ?? ""
  let state = i + 1
  const at = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state / 2 ** 32) * side
  }
  const shapes = Array.from(
    { length: 12 },
    (_, k) => `<circle cx="${at()}" cy="${at()}" r="${4 + (k % 5) * 3}" fill="${k % 3 === 0 ? color : "#8886"}"/>`
  )
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="${side}" height="${side}" fill="#ddd"/>${shapes.join("")}</svg>`
  return sharp(Buffer.from(svg))
    .jpeg()
    .toFile(join(photos, color, `${i}.jpg`))
}
const megabytes = () => Math.round(process.memoryUsage().rss / 1024 / 1024)

try {
  for (const color of colors) mkdirSync(join(photos, color), { recursive: true })
  for (let i = 0; i < count; i += 64)
    await Promise.all(Array.from({ length: Math.min(64, count - i) }, (_, k) => draw(i + k)))
  await using local = engine({ directory: join(place, "engine"), embedder: "fast" })
  const app = sightline(local).use(training({ journal: join(place, "journal") }))
  const stages = new Map<string, { ms: number; readonly rss: Array<number> }>()
  let last = { state: "starting", atMs: 0 }
  let printedAtMs = -Infinity
  const result = await app
    .train("colors")
    .concepts(...colors)
    .examples(folder(photos))
    .mutuallyExclusive()
    .holdout(0.1)
    .run({
      onEvent: ({ atMs, state }) => {
        const stage = stages.get(state) ?? { ms: 0, rss: [] }
        stages.set(state, stage)
        const before = stages.get(last.state)
        if (before !== undefined) before.ms += atMs - last.atMs
        if (atMs - printedAtMs > 2000 || last.state !== state) {
          stage.rss.push(megabytes())
          printedAtMs = atMs
        }
        last = { state, atMs }
      }
    })
  for (const [state, { ms, rss }] of stages) {
    const quarters = [0, 0.25, 0.5, 0.75, 1].map((share) => rss[Math.round(share * (rss.length - 1))] ?? 0)
    console.log(
      `${state.padEnd(12)}${(ms / 1000).toFixed(1).padStart(8)} s   MB at each quarter: ${quarters.join(" ")}`
    )
  }
  console.log(
    `${result.tally?.added} trained, ${result.tally?.heldOut} held out, accuracy ${result.evaluation?.accuracy}; peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`
  )
} finally {
  rmSync(place, { recursive: true, force: true })
}
