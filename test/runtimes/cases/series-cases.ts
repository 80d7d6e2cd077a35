// Cases: many inputs, of which some fail, and streamed answers.
import { model, models, type Outcome } from "@sightline/core"
import { appAt, callsOf, cut, seenSoon } from "../connect.ts"
import { equal, isTrue, jpegBase64, jpegBytes, type RuntimeCase } from "../runtime-case.ts"

const urls = (count: number) => Array.from({ length: count }, (_, i) => `https://images.test/${i}.jpg`)

const endOf = (outcome: Outcome<unknown, { readonly _tag: string }>) => (outcome.ok ? "ok" : outcome.error._tag)

const writer = model({ id: "writer", task: "text-to-text" })

export const seriesCases: Readonly<Record<string, RuntimeCase>> = {
  "many inputs go in few calls and come back in order": async (config) => {
    const app = appAt(config, "well")
    const outcomes = await app.inputs(urls(200)).predict(models.general).run()
    equal(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.concepts[0]?.name : "failed")),
      urls(200),
      "names"
    )
    equal(
      (await callsOf(config, "well", app)).map(({ inputs }) => inputs).sort((a, b) => a - b),
      [72, 128],
      "inputs of the calls"
    )
  },
  "one bad input fails alone": async (config) => {
    const app = appAt(config, "well")
    const given = ["https://images.test/0.jpg", "https://images.test/bad.jpg", jpegBytes(), "no address"]
    const outcomes = await app.inputs(given).predict(models.general).run()
    equal(outcomes.map(endOf), ["ok", "InputRejected", "ok", "InvalidOption"])
    equal(
      outcomes.map(({ index }) => index),
      [0, 1, 2, 3]
    )
    const [, bad, bytes] = outcomes
    isTrue(bad?.ok === false && "code" in bad.error && bad.error.code === 30002, "the status number is lost")
    equal(bytes?.ok === true ? bytes.value.concepts[0]?.name : undefined, jpegBase64)
  },
  "an async generator is read lazily and closed when the loop is left": async (config) => {
    let [given, closed] = [0, false]
    const source = async function* () {
      try {
        for (const url of urls(5000)) {
          given++
          yield url
        }
      } finally {
        closed = true
      }
    }
    for await (const outcome of appAt(config, "well")
      .inputs(source())
      .predict(models.general)
      .stream({ concurrency: 2 })) {
      isTrue(outcome.ok, "it failed")
      break
    }
    isTrue(given < 5000, `${given} inputs were read`)
    await seenSoon("the generator was not closed", async () => closed)
  },
  "a source that throws loses no answer": async (config) => {
    const source = function* () {
      yield* urls(3)
      throw new Error("the disk is gone")
    }
    const names: Array<string> = []
    try {
      for await (const outcome of appAt(config, "well").inputs(source()).predict(models.general).stream())
        names.push(endOf(outcome))
    } catch (error) {
      names.push((error as { readonly _tag: string })._tag) // what a stream throws is tagged
    }
    equal(names, ["ok", "ok", "ok", "SourceFailed"])
  },
  "a streamed answer comes piece by piece, across chunks": async (config) => {
    const text = await appAt(config, "streaming").text("where?").generate(writer).text()
    equal(text, "Zürich 🚂 日本")
  },
  "a streamed answer that breaks off keeps its text and fails": async (config) => {
    let [text, tag] = ["", "ended"]
    try {
      for await (const piece of appAt(config, "streamCut").text("where?").generate(writer)) {
        text += piece.text
        await cut(config)
      }
    } catch (error) {
      tag = (error as { readonly _tag: string })._tag // typed errors only
    }
    equal([text, tag], ["half", "MalformedAnswer"])
  }
}
