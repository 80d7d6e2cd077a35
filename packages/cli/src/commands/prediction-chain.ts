/** The chain of a prediction, built from the options of the command line. */
import {
  type CallEvent,
  type Connection,
  Media,
  model,
  type Outcome,
  type Output,
  type Plan,
  sightline,
  textMedia
} from "@sightline/core"
import type { JobChain } from "@sightline/jobs"
import type { PredictionOptions } from "./predict-options.ts"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { JsonValue } from "../command-line/parse-values.ts"
import { parseModel } from "../models/model-reference.ts"

/** A series of inputs that can be predicted. */
export interface PredictionChain {
  readonly stream: (options: { readonly concurrency: number }) => AsyncIterable<Outcome<Output, unknown>>
  readonly plan: () => Promise<Plan>
}

/**
 * The steps that options add to a chain. The type of core's chain depends on its plugins and steps, which are not known
 * here; the outcomes of a model that is named by its id are those of the general output.
 */
interface Steps extends PredictionChain {
  readonly map: (f: (media: Media) => Media) => Steps
  readonly sampleMs: (ms: number) => Steps
  readonly version: (id: string) => Steps
  readonly concepts: (...names: ReadonlyArray<string>) => Steps
  readonly top: (n: number) => Steps
  readonly atLeast: (score: number) => Steps
  readonly language: (code: string) => Steps
  readonly params: (params: Readonly<Record<string, JsonValue>>) => Steps
  readonly predict: (model: unknown) => PredictionChain
}

/** The model that the options name. */
const modelOf = ({ model: named, version }: PredictionOptions) => {
  if (named === undefined) throw new CommandError("no model is named; give --model")
  const reference = parseModel(named)
  if (version !== undefined && reference.version !== undefined)
    throw new CommandError("the version is given twice: in --model and in --version")
  const { appId, id, userId } = reference
  return {
    // Its task is not known here: the answer is the general output.
    handle: userId === undefined || appId === undefined ? id : model({ id, userId, appId, task: "unknown" }),
    version: version ?? reference.version
  }
}

/** An app with the plugins that the inputs need: `exif` for images that leave this machine, `video` for videos. */
export const openApp = async (
  connection: Connection,
  needs: { readonly exif: boolean; readonly video: boolean },
  onEvent: ((event: CallEvent) => void) | undefined
) => {
  const app = sightline(connection, onEvent === undefined ? {} : { onEvent })
  const withExif = needs.exif ? app.use((await import("@sightline/plugin-exif")).exif()) : app
  if (!needs.video) return withExif
  const { video } = await import("@sightline/plugin-video").catch(() => {
    throw new CommandError(
      "videos need the package @sightline/plugin-video; install it beside @sightline/cli",
      exitCode.input
    )
  })
  return withExif.use(video())
}

/** The steps of the options over the inputs of a chain. */
const predictionSteps = (inputs: unknown, options: PredictionOptions): PredictionChain => {
  const { handle, version } = modelOf(options)
  const { atLeast, concepts, every, language, param, prompt, top } = options
  let chain = inputs as Steps // see Steps
  if (prompt !== undefined) chain = chain.map((one) => withPrompt(one, prompt))
  if (every !== undefined) chain = chain.sampleMs(every)
  if (version !== undefined) chain = chain.version(version)
  if (concepts !== undefined) chain = chain.concepts(...concepts)
  if (top !== undefined) chain = chain.top(top)
  if (atLeast !== undefined) chain = chain.atLeast(atLeast)
  if (language !== undefined) chain = chain.language(language)
  if (param !== undefined) chain = chain.params(param)
  return chain.predict(handle)
}

/** The chain that predicts media with the options of the command line. */
export const makePredictionChain = async (
  connection: Connection,
  media: AsyncIterable<Media> | ReadonlyArray<Media>,
  options: PredictionOptions,
  hasVideo: boolean,
  onEvent?: (event: CallEvent) => void
): Promise<PredictionChain> => {
  modelOf(options) // fails before plugins are loaded
  const isRemote = connection.directory === undefined
  const app = await openApp(connection, { exif: isRemote && options.exif, video: hasVideo }, onEvent)
  return predictionSteps(app.inputs(media), options)
}

/** The same chain without inputs, for a job. */
export const makeJobChain = async (
  connection: Connection,
  options: PredictionOptions,
  hasVideo: boolean
): Promise<JobChain<unknown, unknown>> => {
  if (options.prompt !== undefined)
    throw new CommandError("--prompt is not possible in a job; use predict, or give the question with --param")
  modelOf(options)
  const isRemote = connection.directory === undefined
  const app = await openApp(connection, { exif: isRemote && options.exif, video: hasVideo }, undefined)
  return predictionSteps(app.inputs([]), options) as unknown as JobChain<unknown, unknown> // steps of plain options travel
}

/** An input and a question about it as one medium of two parts. */
const withPrompt = (media: Media, prompt: string): Media =>
  new Media(media.kind, { from: "parts", parts: [media, textMedia(prompt)] }, media.facts)
