/** What plugins' functions give, where they may be wrong in ways that types forbid and JavaScript does not. */
import * as Effect from "effect/Effect"
import { MediaUnreadable } from "../errors/errors.ts"
import type { Media } from "../media/media.ts"
import { scrubThrown } from "../errors/redact.ts"
import type { PrepareHook } from "../predict/prepare.ts"
import type { StageContext } from "./stage.ts"

/** What was given; a Promise, as an `async` function gives, would end the fiber that runs it without a word. */
export const checkEffect = <B, E, R>(name: string, given: Effect.Effect<B, E, R>): Effect.Effect<B, E, R> =>
  Effect.isEffect(given)
    ? given
    : Effect.die(
        new TypeError(`${name}: its function gave no Effect; wrap a Promise in Effect.promise or Effect.tryPromise`)
      )

/** What a hook makes of a medium. What it throws ends this input alone, as what it fails with does. */
const runPrepare = (hook: PrepareHook, media: Media, context: StageContext): Effect.Effect<Media, MediaUnreadable> =>
  Effect.suspend(() => checkEffect("prepare", hook(media, context))).pipe(
    Effect.catchDefect((thrown) => {
      const problem = scrubThrown(thrown)
      return Effect.fail(
        new MediaUnreadable({ media: media.describe(), problem: `a plugin's prepare hook threw: ${problem}` })
      )
    })
  )

/** All hooks as one, each on what the one before gave. */
export const composePrepare =
  (hooks: ReadonlyArray<PrepareHook>): PrepareHook =>
  (media, context) =>
    hooks.reduce<ReturnType<PrepareHook>>(
      (before, hook) => Effect.flatMap(before, (ready) => runPrepare(hook, ready, context)),
      Effect.succeed(media)
    )
