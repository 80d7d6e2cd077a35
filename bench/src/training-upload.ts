// `pnpm bench training-upload [photographs] [kilobytes] [rounds]`: adding a folder of photographs in a training, to a
// service that takes them and does nothing, against the same transport without a training and against fetch by hand.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { asPublished, asTable, compare, contender, here, startServer } from "./harness.ts"
import { pictures } from "./job.ts"

const [count = 10_000, kilobytes = 40, rounds = 3] = process.argv.slice(2).map(Number)
const place = mkdtempSync(join(tmpdir(), "bench-training-"))
try {
  let i = 0
  for (const picture of pictures(count, kilobytes * 1024)) {
    const concept = join(place, `concept-${i % 10}`)
    if (i < 10) mkdirSync(concept)
    writeFileSync(join(concept, `${i++}.jpg`), picture)
  }
  const server = await startServer(join(here, "inputs-server.ts"))
  const uploadBy = (way: string) => async () => {
    await fetch(`${server.address}/v2/inputs`, { method: "DELETE" })
    const script = contender("training")
    const text = execFileSync(process.execPath, [...asPublished, script, way, server.address, place], {
      encoding: "utf8",
      timeout: 600_000
    })
    return JSON.parse(text) as { readonly ms: number; readonly peakRssMb: number } // written by that script
  }
  const contenders = { transport: uploadBy("transport"), hand: uploadBy("hand"), training: uploadBy("training") }
  const rows = await compare(contenders, rounds, (line) => console.error(line))
  console.log(asTable(`${count} photographs of ${kilobytes} kB`, rows))
  server.stop()
} finally {
  rmSync(place, { recursive: true, force: true })
}
