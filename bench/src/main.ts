// `pnpm bench <name> [its options]`: runs one benchmark; without a name, lists them.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { asPublished, here } from "./harness.ts"

const benchmarks: Readonly<Record<string, string>> = {
  bulk: "bulk prediction of URLs and of bytes, and one call after another, against other clients",
  "exif-strip": "cutting metadata out of photos, against copying the file",
  "exif-upright": "making a 12-megapixel photo upright, against sharp on one thread",
  "video-frames": "frames of ten minutes of 1080p and cutting it, against the ffmpeg command",
  decode: "reading a large answer, against JSON.parse and Effect Schema",
  grpc: "predictions over gRPC, against the official client and our own HTTP",
  embedders: "accuracy of the built-in embedder (needs a folder of labelled images)",
  jobs: "100,000 inputs as a durable job, against the same run in memory",
  head: "training a head on 10,000 examples, against plain loops over typed arrays",
  pictures: "pictures described a second, against only decoding them with sharp",
  "training-upload": "adding 10,000 photographs in a training, against the same transport without one",
  "training-engine": "10,000 photographs from a folder to a model on the engine: time of each stage, and memory",
  "engine-start": "starting the engine on a folder with 100,000 inputs",
  "engine-predict": "predictions a second, against decoding alone"
}

const [name = "", ...args] = process.argv.slice(2)
const script = join(here, `${name}.ts`)
if (Object.hasOwn(benchmarks, name) && existsSync(script)) {
  process.exitCode = spawnSync(process.execPath, [...asPublished, script, ...args], { stdio: "inherit" }).status ?? 1
} else {
  console.error(
    ["usage: pnpm bench <name>", ...Object.entries(benchmarks).map(([key, what]) => `  ${key}: ${what}`)].join("\n")
  )
  process.exitCode = 1
}
