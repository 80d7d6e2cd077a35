/** Hooks of plugins that see a medium before it is sent. */
import * as Effect from "effect/Effect"
import { MediaUnreadable } from "../errors/errors.ts"
import { scrubThrown } from "../errors/redact.ts"
import { requireEffect } from "../errors/require-effect.ts"
import { noSecrets } from "../errors/secrets.ts"
import type { Kind, Media } from "../media/media.ts"
import { sniff } from "../media/sniff.ts"
import type { InputContext } from "../results/outcome.ts"
import type { Division } from "./split-media.ts"

/** Changes a medium just before it is sent. Each hook gets the result of the one before. */
export type PrepareHook = (media: Media, context: InputContext) => Effect.Effect<Media, MediaUnreadable>

/** Decides how a medium is sent that does not go whole; the first plugin that returns a division decides. */
export type DivideHook = (media: Media, context: InputContext) => Division | undefined

/** Which media a hook is called for. A medium whose type is not known without reading it matches any `type`. */
export interface MediaFilter {
  readonly kind?: Kind | ReadonlyArray<Kind>
  /** Media types, such as `image/jpeg`. */
  readonly type?: string | ReadonlyArray<string>
}

/** A prepare hook of an app: its plugin, its filter, its function. */
export interface AppPrepareHook {
  readonly plugin: string
  readonly order?: "pre" | "post" | undefined
  readonly filter: MediaFilter
  readonly run: (media: Media, context: InputContext) => Effect.Effect<Media, any, any>
}

const includes = (allowed: string | ReadonlyArray<string>, value: string): boolean =>
  typeof allowed === "string" ? allowed === value : allowed.includes(value)

const typeOf = ({ facts, source }: Media): string | undefined =>
  facts.contentType ?? (source.from === "bytes" ? sniff(source.bytes) : undefined)

/** True for a medium that a hook with the filter is called for. */
export const matchesFilter = ({ kind, type }: MediaFilter, media: Media): boolean => {
  if (kind !== undefined && !includes(kind, media.kind)) return false
  if (type === undefined) return true
  const known = typeOf(media)
  return known === undefined || includes(type, known)
}

/** One hook on one medium. A throw fails this input alone, as a typed failure does. */
const runPrepare = (hook: AppPrepareHook, media: Media, context: InputContext): Effect.Effect<Media, any, any> =>
  Effect.suspend(() => requireEffect("prepare", hook.run(media, context))).pipe(
    Effect.catchDefect((thrown) => {
      const problem = scrubThrown(thrown, noSecrets)
      return Effect.fail(
        new MediaUnreadable({ media: media.describe(), problem: `a plugin's prepare hook threw: ${problem}` })
      )
    })
  )

/** All hooks as one, each on the result of the one before. A hook is not called for media that it does not match. */
export const composePrepare =
  (hooks: ReadonlyArray<AppPrepareHook>) =>
  (media: Media, context: InputContext): Effect.Effect<Media, any, any> =>
    hooks.reduce<Effect.Effect<Media, any, any>>(
      (before, hook) =>
        Effect.flatMap(before, (ready) =>
          matchesFilter(hook.filter, ready) ? runPrepare(hook, ready, context) : Effect.succeed(ready)
        ),
      Effect.succeed(media)
    )
