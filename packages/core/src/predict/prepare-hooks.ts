/** Hooks of plugins that see a medium before it is sent. */
import * as Effect from "effect/Effect"
import { MediaUnreadable } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import { noSecrets } from "../errors/secrets.ts"
import { requireEffect } from "../errors/require-effect.ts"
import type { Media } from "../media/media.ts"
import type { InputContext } from "../results/outcome.ts"
import type { Division } from "./split-media.ts"

/** Changes a medium just before it is sent. Hooks run in the order of their plugins, each on the result of the last. */
export type PrepareHook = (media: Media, context: InputContext) => Effect.Effect<Media, MediaUnreadable>

/** Decides how a medium is sent that does not go whole; the first plugin that returns a division decides. */
export type DivideHook = (media: Media, context: InputContext) => Division | undefined

/** One hook on one medium. A throw fails this input alone, as a typed failure does. */
const runPrepare = (hook: PrepareHook, media: Media, context: InputContext): Effect.Effect<Media, MediaUnreadable> =>
  Effect.suspend(() => requireEffect("prepare", hook(media, context))).pipe(
    Effect.catchDefect((thrown) => {
      const problem = scrubThrown(thrown, noSecrets)
      return Effect.fail(
        new MediaUnreadable({ media: media.describe(), problem: `a plugin's prepare hook threw: ${problem}` })
      )
    })
  )

/** All hooks as one, each on the result of the one before. */
export const composePrepare =
  (hooks: ReadonlyArray<PrepareHook>): PrepareHook =>
  (media, context) =>
    hooks.reduce<ReturnType<PrepareHook>>(
      (before, hook) => Effect.flatMap(before, (ready) => runPrepare(hook, ready, context)),
      Effect.succeed(media)
    )
