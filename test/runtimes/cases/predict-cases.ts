// Cases: what can be given to a prediction, in each form, and what comes back.
import { file, type Media, type MediaInput, model, models, sightline } from "@sightline/core"
import { appAt, callsOf } from "../connect.ts"
import { type Config, equal, isTrue, jpegBase64, jpegBytes, type RuntimeCase } from "../runtime-case.ts"

/** Predicts on one input, and compares what the service was sent with `expected`. */
const arrivesAs = async (config: Config, input: Exclude<MediaInput, Media>, expected: string): Promise<void> => {
  const answer = await appAt(config, "well").input(input).predict(models.general).run()
  equal(answer.concepts[0]?.name, expected, "what the service was sent")
}

const streamOf = (...chunks: ReadonlyArray<Uint8Array<ArrayBuffer>>) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    }
  })

const reader = model({ id: "reader", task: "text-classifier" })

export const predictCases: Readonly<Record<string, RuntimeCase>> = {
  "an address arrives as it is": (config) =>
    arrivesAs(config, "https://images.test/Zürich 🚂.jpg?a=1&b=2", "https://images.test/Zürich 🚂.jpg?a=1&b=2"),
  "a URL object arrives as its address": (config) =>
    arrivesAs(config, new URL("https://images.test/a.jpg"), "https://images.test/a.jpg"),
  "bytes arrive as base64": (config) => arrivesAs(config, jpegBytes(), jpegBase64),
  "a part of a larger buffer arrives alone": async (config) => {
    const buffer = new Uint8Array([9, 9, ...jpegBytes(), 9])
    await arrivesAs(config, buffer.subarray(2, 10), jpegBase64)
    await arrivesAs(config, jpegBytes().buffer, jpegBase64)
  },
  "bytes of each length modulo three arrive whole": async (config) => {
    for (const [length, expected] of [
      [1, "/w=="],
      [2, "/9g="],
      [3, "/9j/"],
      [4, "/9j/4A=="]
    ] as const)
      await arrivesAs(config, jpegBytes().subarray(0, length), expected)
  },
  "three megabytes arrive whole": async (config) => {
    const bytes = new Uint8Array(3_000_000).fill(7)
    bytes.set(jpegBytes())
    await arrivesAs(config, bytes, "4000000 characters")
  },
  "a Blob and a File arrive": async (config) => {
    await arrivesAs(config, new Blob([jpegBytes()]), jpegBase64)
    await arrivesAs(config, new File([jpegBytes()], "a.jpg", { type: "image/jpeg" }), jpegBase64)
  },
  "a stream in chunks arrives": (config) =>
    arrivesAs(config, streamOf(jpegBytes().slice(0, 3), jpegBytes().slice(3)), jpegBase64),
  "a data: address arrives": (config) => arrivesAs(config, `data:image/jpeg;base64,${jpegBase64}`, jpegBase64),
  "shared memory arrives": async (config) => {
    if (typeof SharedArrayBuffer === "undefined") return "there is no SharedArrayBuffer here"
    const shared = new Uint8Array(new SharedArrayBuffer(8))
    shared.set(jpegBytes())
    await arrivesAs(config, shared, jpegBase64)
    await arrivesAs(config, shared.buffer, jpegBase64)
    return undefined
  },
  "text arrives as text": async (config) => {
    const answer = await appAt(config, "well").text("naïve 日本 🚂").predict(reader).run()
    equal(answer.concepts[0]?.name, "naïve 日本 🚂")
  },
  "file() reads a regular file, or says that there are no files": async (config) => {
    if (config.file !== undefined) {
      await arrivesAs(config, file(config.file), jpegBase64)
      const missing = await appAt(config, "well")
        .input(file(`${config.file}.missing`))
        .predict(models.general)
        .result()
      equal(missing.ok ? "ok" : missing.error._tag, "MediaUnreadable")
      isTrue(
        !missing.ok && missing.error.message.includes("there is no such file"),
        "the message names no missing file"
      )
      return
    }
    const unread = await appAt(config, "well").input(file("photo.jpg")).predict(models.general).result()
    equal(unread.ok ? "ok" : unread.error._tag, "MediaUnreadable")
    isTrue(
      !unread.ok && unread.error.message.includes("files cannot be read here"),
      "the message says nothing of files"
    )
  },
  "a text that is no address is refused and not shown at length": async (config) => {
    const base64 = jpegBase64.repeat(1000)
    const result = await appAt(config, "well").input(base64).predict(models.general).result()
    equal(result.ok ? "ok" : result.error._tag, "InvalidOption")
    isTrue(!result.ok && result.error.message.length < 500, "the message is long")
  },
  "a mask is decoded": async (config) => {
    const { regions } = await appAt(config, "well").input(jpegBytes()).predict(models.segmentation).run()
    const mask = regions[0]?.mask
    isTrue(mask !== undefined, "there is no mask")
    const pixels = await mask?.pixels()
    equal([pixels?.width, pixels?.height, ...(pixels?.data ?? [])], [2, 1, 0, 255])
  },
  "a plan makes no call, and a run makes those that it told": async (config) => {
    const app = appAt(config, "well")
    const chain = app
      .inputs(Array.from({ length: 300 }, (_, i) => `https://images.test/${i}.jpg`))
      .predict(models.general)
    const plan = await chain.plan()
    equal((await callsOf(config, "well", app)).length, 0, "calls of the plan")
    await chain.run()
    equal((await callsOf(config, "well", app)).length, plan.calls.length, "calls of the run")
  },
  "an app and its connection as JSON show no key": (config) => {
    const app = appAt(config, "well")
    isTrue(!JSON.stringify([app, app.connection]).includes("0123456789abcdef"), "the key is shown")
    return Promise.resolve()
  },
  "an app closes, and is usable where its connection was never used": async (config) => {
    const app = appAt(config, "well")
    await app.input("https://images.test/a.jpg").predict(models.general).run()
    await app[Symbol.asyncDispose]()
    await sightline(app.connection)[Symbol.asyncDispose]()
  }
}
