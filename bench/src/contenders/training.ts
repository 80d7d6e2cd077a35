// One contender of `pnpm bench training-upload`: sends the files of a folder as labelled inputs. Takes its way, the
// service and the folder; prints what it took as JSON.
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { file, clarifai, sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { folder, memoryJournal, training } from "@sightline/plugin-training"

const [way = "", baseUrl = "", place = ""] = process.argv.slice(2)
const connection = clarifai({ baseUrl, pat: "bench-key", userId: "me", appId: "main", rate: { perSecond: 1_000_000 } })
const concepts = readdirSync(place)
const files = concepts.flatMap((concept) =>
  readdirSync(join(place, concept)).map((name) => ({ concept, path: join(place, concept, name) }))
)

/** An id of as many characters as a training gives. */
const idOf = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 32)

const ways: Readonly<Record<string, () => Promise<number>>> = {
  /** The least that can be done by hand: files read one after the other, one body after the other. */
  hand: async () => {
    let sent = 0
    const send = async (batch: ReadonlyArray<object>) => {
      const response = await fetch(`${baseUrl}/v2/users/me/apps/main/inputs`, {
        method: "POST",
        headers: { authorization: "Key bench-key", "content-type": "application/json" },
        body: Buffer.from(JSON.stringify({ inputs: batch }))
      })
      const { inputs } = (await response.json()) as { readonly inputs: ReadonlyArray<unknown> } // our own server's
      sent += inputs.length
    }
    let batch: Array<object> = []
    let bytes = 0
    for (const { concept, path } of files) {
      const base64 = readFileSync(path).toString("base64")
      batch.push({ id: idOf(path), data: { image: { base64 }, concepts: [{ id: concept, value: 1 }] } })
      bytes += base64.length
      if (batch.length < 128 && bytes < 4 * 1024 * 1024) continue
      await send(batch)
      batch = []
      bytes = 0
    }
    if (batch.length > 0) await send(batch)
    return sent
  },
  /** The client's own transport, without a training. */
  transport: async () => {
    const { inputs } = sightline(connection).use(resources()).resources
    let sent = 0
    for await (const { ok } of inputs.add(
      files.map(({ concept, path }) => ({ input: file(path), id: idOf(path), concepts: [concept] }))
    ))
      if (ok) sent++
    return sent
  },
  training: async () => {
    const app = sightline(connection).use(training({ journal: memoryJournal() }))
    const { tally } = await app
      .train("photos")
      .concepts(...concepts)
      .examples(folder(place, { exclusive: false }))
      .run()
    return tally?.added ?? 0
  }
}

const started = performance.now()
const sent = await ways[way]?.()
const ms = performance.now() - started
if (sent !== files.length) throw new Error(`${way} sent ${sent} of ${files.length}`)
console.log(JSON.stringify({ ms, peakRssMb: process.resourceUsage().maxRSS / 1024 }))
