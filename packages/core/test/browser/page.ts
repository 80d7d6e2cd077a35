/** Runs where there is no Node: in a browser's page, and in a bare realm with web globals only. */
import { areaOf, clarifai, inFrame, models, pixelsOf, sightline } from "../../src/index.ts"

/** What one visit tells the test. */
export interface Visit {
  readonly names: ReadonlyArray<string>
  readonly series: ReadonlyArray<boolean>
  readonly fileProblem: string
  readonly refused: string
  readonly stopped: string
}

/** A cut of the picture: its place in the original, and the colour in its middle. */
export interface Cut {
  readonly area: unknown
  readonly box: unknown
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Predicts on bytes, blobs and streams against a service at `baseUrl`. */
export const visit = async (baseUrl: string): Promise<Visit> => {
  const app = sightline(clarifai({ pat: "a-key", userId: "me", appId: "mine", baseUrl, allowBrowser: true }))
  const { concepts } = await app
    .input(new Blob([Uint8Array.of(0xff, 0xd8, 0xff)]))
    .predict(models.general)
    .run()
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(Uint8Array.of(0xff, 0xd8, 0xff))
      controller.close()
    }
  })
  const series: Array<boolean> = []
  const inputs = [Uint8Array.of(1, 2), stream, "data:image/png;base64,AAAA", "https://images.test/a.jpg"]
  for await (const outcome of app.inputs(inputs).predict(models.general).stream()) series.push(outcome.ok)
  const file = await app.input("photo.jpg").predict(models.general).result()
  const careless = sightline(clarifai({ pat: "a-key", userId: "me", appId: "mine", baseUrl }))
  const refused = await careless.input("https://images.test/a.jpg").predict(models.general).result()
  const stop = new AbortController()
  const stopping = app.input("https://images.test/stall.jpg").predict(models.general).run({ signal: stop.signal })
  setTimeout(() => stop.abort(new Error("enough")), 20)
  return {
    names: concepts.map(({ name }) => name),
    series,
    fileProblem: file.ok ? "" : messageOf(file.error),
    refused: refused.ok ? "" : messageOf(refused.error),
    stopped: await stopping.then(() => "it went on", messageOf)
  }
}

/** Cuts the regions that the service finds out of a picture that the page draws, and asks about them. */
export const cuts = async (baseUrl: string): Promise<ReadonlyArray<Cut | string>> => {
  const app = sightline(clarifai({ pat: "a-key", userId: "me", appId: "mine", baseUrl, allowBrowser: true }))
  const canvas = new OffscreenCanvas(40, 20)
  canvas.getContext("2d")?.fillRect(0, 0, 40, 20)
  const outcomes = await app
    .input(await canvas.convertToBlob({ type: "image/png" }))
    .predict(models.faces)
    .crops()
    .predict(models.detection)
    .run()
  return outcomes.map((outcome) => {
    if (!outcome.ok) return messageOf(outcome.error)
    const size = { width: 40, height: 20 }
    const [region] = inFrame(outcome.value, "original").regions
    return { area: pixelsOf(areaOf(outcome.value, "original"), size), box: region && pixelsOf(region.box, size) }
  })
}

Object.assign(globalThis, { visit, cuts })
