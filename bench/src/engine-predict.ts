// `pnpm bench engine-predict`: predictions a second with a trained model, for JPEGs of 12 and of 1 megapixels, against
// what decoding alone (sharp, the whole picture) takes on the same cores. Prints JSON lines.
import { mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { engine } from "@sightline/engine"
import sharp from "sharp"
import { photo } from "./exif-photo.ts"

const cores = availableParallelism()
const embedders = ["fast", "accurate"] as const
const sizes: ReadonlyArray<readonly [name: string, width: number, height: number, count: number]> = [
  ["12 MP", 4032, 3024, 24],
  ["1 MP", 1152, 864, 96]
]

/** Runs `count` jobs, as many at once as there are cores; gives jobs a second. */
const rate = async (count: number, job: () => Promise<unknown>): Promise<number> => {
  let left = count
  const started = performance.now()
  await Promise.all(
    Array.from({ length: cores }, async () => {
      while (left-- > 0) await job()
    })
  )
  return count / ((performance.now() - started) / 1000)
}

const example = (id: string, base64: string) => ({ data: { image: { base64 }, concepts: [{ id }] } })

const round = (value: number) => Math.round(value * 100) / 100

sharp.cache(false)
sharp.concurrency(1) // one picture a core: parallel inside one picture only costs

for (const embedder of embedders) {
  const directory = mkdtempSync(join(tmpdir(), "sightline-bench-"))
  try {
    await using local = engine({ directory, embedder })
    const send = async (path: string, body?: object) => {
      const response = await local.fetch(path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
      // The protocol's answers, of which only what is read below matters.
      return (await response.json()) as {
        readonly status: { readonly code: number }
        readonly model_version?: { readonly status: { readonly code: number } }
        readonly model?: { readonly model_version: { readonly id: string } }
      }
    }
    const small = Buffer.from(await photo(640, 480, 90)).toString("base64")
    const dark = (await sharp(Buffer.from(small, "base64")).negate().jpeg().toBuffer()).toString("base64")
    const examples = Array.from({ length: 6 }, (_, i) =>
      i % 2 === 0 ? example("light", small) : example("dark", dark)
    )
    await send("/v2/inputs", { inputs: examples })
    await send("/v2/models", {
      model: { id: "m", output_info: { data: { concepts: [{ id: "light" }, { id: "dark" }] } } }
    })
    const asked = await send("/v2/models/m/versions", {})
    const version = asked.model?.model_version.id ?? ""
    for (;;) {
      const code = (await send(`/v2/models/m/versions/${version}`)).model_version?.status.code
      if (code === 21100) break
      if (code !== 21103 && code !== 21101) throw new Error(`training ended in ${code}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    for (const [size, width, height, count] of sizes) {
      const bytes = await photo(width, height, 90)
      const body = JSON.stringify({ inputs: [{ data: { image: { base64: Buffer.from(bytes).toString("base64") } } }] })
      const predict = async () => {
        const response = await local.fetch("/v2/models/m/outputs", { method: "POST", body })
        if (!response.ok) throw new Error(await response.text())
        await response.text()
      }
      const decode = () => sharp(bytes).raw().toBuffer()
      await rate(cores, predict) // processes start
      const decoded = await rate(count, decode)
      const predicted = await rate(count, predict)
      console.log(
        JSON.stringify({
          bench: "engine-predict",
          embedder,
          size,
          cores,
          predictionsPerSecond: round(predicted),
          decodesPerSecond: round(decoded),
          ofDecoding: round(predicted / decoded)
        })
      )
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
