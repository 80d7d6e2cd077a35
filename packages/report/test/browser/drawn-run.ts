/** A run over drawn pictures and a service that throttles, refuses and divides: everything that a report shows. */
import { Media, model, type Outcome, sightline, type CallEvent } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { exif } from "@sightline/plugin-exif"
import { recorder, type ReportOptions } from "../../src/index.ts"
import { drawMask, drawPicture, inputsOf } from "../support.ts"

const status = { code: 10000, description: "Ok" }
const concepts = ["cat", "dog", "fox"]

/** Numbers in 0..1 that are the same in every run (a linear congruential generator). */
const numbers = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What is in input `i`. */
export const truthOf = (index: number): string => concepts[index % 3] ?? "cat"

/** Scores of input `i`; about four of five are right. */
export const scoresOf = (index: number, version: number): ReadonlyArray<readonly [string, number]> => {
  const random = numbers(index * 7 + version * 1000)
  const scores = concepts.map((name) => {
    const favoured = random() < 0.8 ? truthOf(index) : concepts[(index + 1) % 3]
    return [name, Math.round(1e6 * (name === favoured ? 0.5 + random() / 2 : random() / 2)) / 1e6] as const
  })
  return scores.toSorted(([, a], [, b]) => b - a)
}

interface WireInput {
  readonly id?: string
  readonly data?: { readonly image?: { readonly url?: string } }
}

const isBad = (input: WireInput): boolean => input.data?.image?.url?.includes("/bad-") === true

const box = (top: number, left: number, bottom: number, right: number) => ({
  top_row: top,
  left_col: left,
  bottom_row: bottom,
  right_col: right
})

/** A service with a classifier, a detector and a segmenter. Its third call is throttled; inputs named `bad` are refused. */
const serviceOf = async () => {
  const png = await drawMask(80, 60, 0.3, 0.6)
  let calls = 0
  return fakeConnection(
    (call) => {
      calls++
      const inputs: ReadonlyArray<WireInput> = inputsOf(call)
      if (calls === 3)
        return Response.json(
          { status: { code: 40031, description: "Service busy" } },
          { status: 503, headers: { "retry-after": "0" } }
        )
      if (inputs.some(isBad) && inputs.length > 1)
        return Response.json({ status: { code: 30002, description: "Failed to process" } }, { status: 400 })
      return {
        status: { ...status, req_id: `request-${calls}` },
        outputs: inputs.map((input) => {
          if (isBad(input))
            return {
              id: "o",
              status: { code: 30002, description: "Failed to process", details: "it is no picture" },
              input
            }
          const index = Number(/(\d+)$/.exec(input.id ?? "")?.[1] ?? 0)
          const shape = (name: string, value: number, bounding_box: object, mask?: object) => ({
            id: name,
            region_info: { bounding_box, ...mask },
            data: { concepts: [{ id: name, name, value }] }
          })
          const data = call.path.includes("/detect/")
            ? {
                regions: [
                  shape("face", 0.96, box(0.25, 0.1, 0.8, 0.5)),
                  shape("letter", 0.71, box(0.4, 0.58, 0.85, 0.95))
                ]
              }
            : call.path.includes("/segment/")
              ? { regions: [shape("disc", 0.9, box(0.4, 0.1, 0.8, 0.5), { mask: { image: { base64: png } } })] }
              : { concepts: scoresOf(index, 1).map(([name, value]) => ({ id: name, name, value })) }
          return { id: "o", status, input, model: { id: "animals", model_version: { id: "v2" } }, data }
        })
      }
    },
    { limits: { inputsPerCall: { image: 8, video: 1, audio: 1, text: 8 } } }
  )
}

const palette = ["#3b6ea5", "#4d8f5f", "#a5683b", "#6f5ba8", "#8a8d3f", "#3d9a9a"]

/** The number of inputs of each kind. */
const counts = { classified: 30, detected: 8, segmented: 4 }

/** The run, as options of a report. Times are those of a clock that goes on by ten milliseconds with each event. */
export const drawnRun = async (): Promise<
  ReportOptions & { readonly outcomes: ReadonlyArray<Outcome<unknown, unknown>> }
> => {
  let now = 0
  const watch = recorder({ now: () => (now += 10) })
  const onEvent = (event: CallEvent) => {
    // real waits and times differ from run to run
    if (event.type === "call") watch.event({ ...event, rateWaitMs: 0 })
    else if (event.type !== "stage") watch.event(event.type === "retry" ? { ...event, waitMs: 20 } : event)
  }
  const app = sightline(await serviceOf(), { onEvent }).use(exif())
  const draw = async (i: number) => {
    const sides = i % 4 === 1 ? { width: 300, height: 400 } : { width: 400, height: 300 }
    const orientation = [1, 6, 3, 8][i % 4] ?? 1
    const bytes = await drawPicture({
      ...sides,
      color: palette[i % 6] ?? "",
      letter: String.fromCharCode(65 + (i % 26)),
      orientation
    })
    return new Media("image", { from: "bytes", bytes }, { name: `picture-${i}.jpg` })
  }
  const inputs: Array<Media<"image">> = []
  const outcomes: Array<Outcome<unknown, unknown>> = []
  const predict = async (
    id: string,
    task: "visual-classifier" | "visual-detector" | "visual-segmenter",
    some: ReadonlyArray<Media<"image">>
  ) => {
    const base = inputs.length
    inputs.push(...some)
    const chain = app.inputs([...some], { key: (_, i) => `row-${base + i}` }).predict(model({ id, task }))
    for await (const outcome of chain.stream({ concurrency: 1 }))
      outcomes.push({ ...outcome, index: base + outcome.index })
  }
  const drawn = await Promise.all(Array.from({ length: counts.classified }, (_, i) => draw(i)))
  await predict("animals", "visual-classifier", [
    ...drawn,
    new Media("image", { from: "url", url: "https://photos.test/bad-1.jpg" }),
    new Media("image", { from: "bytes", bytes: new Uint8Array(4) }, { name: "empty.jpg" })
  ])
  await predict(
    "detect",
    "visual-detector",
    await Promise.all(Array.from({ length: counts.detected }, (_, i) => draw(i)))
  )
  await predict(
    "segment",
    "visual-segmenter",
    await Promise.all(Array.from({ length: counts.segmented }, (_, i) => draw(i)))
  )
  const older = Array.from({ length: counts.classified }, (_, index) => ({
    ok: true as const,
    index,
    key: undefined,
    attempts: 1,
    requestId: undefined,
    value: {
      model: { id: "animals" },
      inputId: "",
      concepts: scoresOf(index, 2).map(([name, score]) => ({ id: name, name, score }))
    }
  }))
  return {
    title: "Animals, drawn",
    outcomes,
    inputs: ({ index }) => inputs[index],
    events: watch,
    names: true,
    plan: await app
      .inputs([...drawn])
      .predict(model({ id: "animals", task: "visual-classifier" }))
      .plan(),
    evaluation: {
      truth: ({ index }) => (index < counts.classified ? truthOf(index) : undefined),
      mutuallyExclusive: true,
      concepts,
      name: "v2",
      against: [{ name: "v1", outcomes: older }]
    }
  }
}
