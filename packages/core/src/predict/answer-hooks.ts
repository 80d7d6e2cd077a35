/** Hooks of plugins that see an answer before the next step. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { StepFailed } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import { requireEffect } from "../errors/require-effect.ts"
import { noSecrets } from "../errors/secrets.ts"
import { aboutInput } from "../errors/input-position.ts"
import type { Media } from "../media/media.ts"
import { modelName, type ModelOrWorkflow } from "../models/model-ref.ts"
import { copyMedium } from "../results/answer-medium.ts"
import type { InputContext } from "../results/outcome.ts"
import { matchesFilter, type MediaFilter } from "./prepare-hooks.ts"
import type { Prediction } from "./prediction.ts"

/** An answer hook of an app: its plugin, its filter, its function. */
export interface AppAnswerHook {
  readonly plugin: string
  readonly order?: "pre" | "post" | undefined
  readonly filter: MediaFilter
  readonly run: (
    answer: any,
    context: InputContext & { readonly model: string; readonly media: Media }
  ) => Effect.Effect<object, any, any>
}

/** The prediction after the hooks, each on the result of the one before. A throw fails this input alone. */
export const applyAnswerHooks = (
  hooks: ReadonlyArray<AppAnswerHook>,
  prediction: Prediction,
  model: ModelOrWorkflow,
  media: Media,
  context: InputContext
): Effect.Effect<Prediction, never, any> => {
  const matching = hooks.filter(({ filter }) => matchesFilter(filter, media))
  const { exit } = prediction
  if (matching.length === 0 || Exit.isFailure(exit)) return Effect.succeed(prediction)
  const about = { ...context, model: modelName(model), media }
  const answered = matching.reduce<Effect.Effect<unknown, any, any>>(
    (before, { plugin, run }) =>
      Effect.flatMap(before, (answer) =>
        Effect.map(
          Effect.suspend(() => requireEffect(`${plugin}: answer`, run(answer, about))).pipe(
            Effect.catchDefect((cause) => {
              const problem = scrubThrown(cause, noSecrets)
              return Effect.fail(new StepFailed({ step: `${plugin}: answer`, problem, cause, ...aboutInput(context) }))
            })
          ),
          (changed) => (typeof answer === "object" && answer !== null ? copyMedium(answer, changed) : changed)
        )
      ),
    Effect.succeed(exit.value)
  )
  return Effect.map(Effect.result(answered), (result): Prediction => ({
    ...prediction,
    exit: result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure)
  }))
}
