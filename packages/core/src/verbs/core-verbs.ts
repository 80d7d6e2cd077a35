/** Core's own verbs, made as a plugin's are. `concepts`, `predict` and `all` are the pipeline's, since their types depend on it. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { InvalidOption } from "../errors/errors.ts"
import type { Media } from "../media/media.ts"
import type { Json, RunnerSelector } from "../predict/predict-options.ts"
import { crops } from "./crops.ts"
import { option, stageSame, type Stage, type Unchanged } from "../chain/stage.ts"

type AnyMedia = Media
type Asks = Stage<AnyMedia, Unchanged, InvalidOption>

const between = (
  option: string,
  value: number,
  min: number,
  max: number,
  whole: boolean
): Effect.Effect<void, InvalidOption> =>
  Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value))
    ? Effect.void
    : Effect.fail(
        new InvalidOption({
          option,
          problem: `is ${value}; it must be ${whole ? "a whole number " : ""}from ${min} to ${max}`
        })
      )

const notEmpty = (option: string, value: string): Effect.Effect<void, InvalidOption> =>
  value.trim() === "" ? Effect.fail(new InvalidOption({ option, problem: "is empty" })) : Effect.void

const oneRunner = (selector: RunnerSelector): Effect.Effect<void, InvalidOption> => {
  const named = Object.values(selector).filter((one) => one !== undefined).length
  return named === 1
    ? Effect.void
    : Effect.fail(
        new InvalidOption({
          option: "runner",
          problem: `names ${named === 0 ? "nothing" : `${named} places`}; give a deployment, a nodepool or a runner`
        })
      )
}

/** Core's verbs: over media, and over answers with regions. */
export const coreVerbs = {
  /** Drops concepts that score below `score` (0..1). */
  atLeast: (score: number): Asks =>
    option("atLeast", { score }, { atLeast: score }, between("atLeast", score, 0, 1, false)),
  /** At most `n` concepts for each output, region or frame, highest first; 1 to 200. */
  top: (n: number): Asks => option("top", { n }, { top: n }, between("top", n, 1, 200, true)),
  /** The language of concept names, such as `de` or `ja`. */
  language: (code: string): Asks => option("language", { code }, { language: code }, notEmpty("language", code)),
  /** The distance of the frames that the service samples of a video, in milliseconds; 100 to 60000. */
  sampleMs: (ms: number): Asks =>
    option("sampleMs", { ms }, { sampleMs: ms }, between("sampleMs", ms, 100, 60_000, true)),
  /** The model's own parameters, such as `{ temperature: 0.2 }`; passed on as they are. */
  params: (params: Readonly<Record<string, Json>>): Asks => option("params", { params }, { params }),
  /** A third party's key for the parameter `param`: a `Redacted`, or the name of one of the app's secrets. */
  secret: (param: string, key: string | Redacted.Redacted): Asks =>
    option("secret", { param }, { secrets: { [param]: key } }, notEmpty("secret", param)),
  /** The model version. */
  version: (id: string): Asks => option("version", { id }, { version: id }, notEmpty("version", id)),
  /** Where the model should run: a deployment, a nodepool of a compute cluster, or a runner. Takes one of them. */
  runner: (selector: RunnerSelector): Asks =>
    option(
      "runner",
      { selector: JSON.parse(JSON.stringify(selector)) as Json },
      { runner: selector },
      oneRunner(selector)
    ),
  /**
   * The caller's own name for the input, which comes back in the Outcome: any text, such as a path. It is sent as the
   * input's id where it can be one: at most 128 characters, without "/".
   */
  key: (id: string): Asks =>
    stageSame("key", { id }, (media: AnyMedia) => Effect.as(notEmpty("key", id), media.with({ key: id }))),
  /**
   * The regions that were found, each as a separate image, to predict on: `.predict(models.faces).crops()`.
   *
   * `padding`: how much more is cut on each side, as a part of the box. Fails for each region separately.
   */
  crops
}

type Made = typeof coreVerbs

/** The type of core's verbs. It has a name, so that the types of chains stay short in editors. */
export type CoreVerbs = { readonly [K in keyof Made]: Made[K] }
