/** Runs where there is no Node: in a browser's page, and in a bare realm with web globals only. */
import ky, { type Options } from "ky"
import { file, areaOf, clarifai, inFrame, models, pixelsOf, sightline } from "../../src/index.ts"

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
  const unread = await app.input(file("photo.jpg")).predict(models.general).result()
  const careless = sightline(clarifai({ pat: "a-key", userId: "me", appId: "mine", baseUrl }))
  const refused = await careless.input("https://images.test/a.jpg").predict(models.general).result()
  const stop = new AbortController()
  const stopping = app.input("https://images.test/stall.jpg").predict(models.general).run({ signal: stop.signal })
  setTimeout(() => stop.abort(new Error("enough")), 20)
  return {
    names: concepts.map(({ name }) => name),
    series,
    fileProblem: unread.ok ? "" : messageOf(unread.error),
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

/** What became of predictions over ky instances with hooks. */
export interface Hooked {
  readonly answered: Readonly<Record<"signed" | "proxied" | "cached" | "thrown", boolean>>
  /** Of the signed body, as the hook made it. */
  readonly digest: string
  readonly problem: string
}

const sha256 = async (text: string): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")

/** Predicts with hooks that sign, add a header, answer, and throw. */
export const hooks = async (baseUrl: string): Promise<Hooked> => {
  let digest = ""
  const predict = (options: Options) =>
    sightline(
      clarifai({ pat: "a-key", userId: "me", appId: "mine", baseUrl, allowBrowser: true, ky: ky.extend(options) })
    )
      .input(new Blob([Uint8Array.of(0xff, 0xd8, 0xff)]))
      .predict(models.general)
      .result()
  const signed = await predict({
    hooks: {
      beforeRequest: [
        async ({ request }) => {
          digest = await sha256(await request.clone().text())
          request.headers.set("x-signature", digest)
        }
      ]
    }
  })
  const proxied = await predict({ headers: { "x-proxy": "team-a" } })
  const status = { code: 10000 }
  const cached = await predict({
    hooks: { beforeRequest: [() => Response.json({ status, outputs: [{ status, data: {} }] })] }
  })
  const thrown = await predict({
    hooks: {
      beforeRequest: [
        () => {
          throw new Error("no vault")
        }
      ]
    }
  })
  return {
    answered: { signed: signed.ok, proxied: proxied.ok, cached: cached.ok, thrown: thrown.ok },
    digest,
    problem: thrown.ok ? "" : messageOf(thrown.error)
  }
}

Object.assign(globalThis, { visit, cuts, hooks })
