/** The process that is killed: adds, trains and predicts until it is, and says what was acknowledged as soon as it was. */
import { writeSync } from "node:fs"
import { engine } from "../../../src/index.ts"
import { ask } from "../../support/fresh-engine.ts"
import { drawBase64, type Motif } from "../../support/draw-picture.ts"

/** Written with one system call, so that a line is out before anything else happens. */
const say = (...words: ReadonlyArray<string>): void => void writeSync(1, `${words.join(" ")}\n`)

const [directory = "", run = "0"] = process.argv.slice(2)
const local = engine({ directory, embedder: "fast", workers: 1 })
const motifs: ReadonlyArray<Motif> = ["across", "down"]

await ask(local.fetch, "GET /v2/models")
say("ready")

const addForever = async () => {
  for (let round = 0; ; round++) {
    const inputs = await Promise.all(
      motifs.map(async (motif, index) => ({
        id: `${run}-${round}-${motif}`,
        data: {
          image: { base64: await drawBase64(motif, Number(run) * 1000 + round * 2 + index) },
          concepts: [{ id: motif }]
        }
      }))
    )
    const { body } = await ask(local.fetch, "POST /v2/inputs", { inputs })
    for (const input of body.inputs)
      say(input.status.code === 30001 ? "added" : `refused-${input.status.code}`, input.id)
    // Training waits for inputs: without a pause there would be nothing to kill but adding.
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

const trainForever = async () => {
  await ask(local.fetch, "POST /v2/models", {
    models: [{ id: "m", output_info: { data: { concepts: motifs.map((id) => ({ id })) } } }]
  })
  for (;;) {
    const { body } = await ask(local.fetch, "POST /v2/models/m/versions")
    const version: string = body.model.model_version.id
    say("asked", version)
    for (;;) {
      const { body } = await ask(local.fetch, `GET /v2/models/m/versions/${version}`)
      const code: number = body.model_version.status.code
      if (code === 21100) say("trained", version)
      if (code !== 21103 && code !== 21101) break
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

const predictForever = async () => {
  for (let seed = 0; ; seed++) {
    const { body } = await ask(local.fetch, "POST /v2/models/m/outputs", {
      inputs: [{ data: { image: { base64: await drawBase64("down", seed) } } }]
    })
    say("predicted", String(body.status.code))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

await Promise.all([addForever(), trainForever(), predictForever()])
