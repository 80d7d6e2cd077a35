import type { Extended, HookPart, Media, Plugin, PluginHooks, SourceOf, Stage, Unchanged } from "@sightline/core/plugin"
import type { Cause, Context } from "effect"

declare const Smudged_base: new (args: {
  readonly strength: number
}) => Cause.YieldableError & { readonly _tag: "Smudged"; readonly strength: number }
export declare class Smudged extends Smudged_base {}

declare const Lens_base: Context.ServiceClass<Lens, "contract-1/Lens", { readonly label: (name: string) => string }>
export declare class Lens extends Lens_base {}

/** The verbs that the plugin adds, and what its hooks add to every chain. */
export type LensVerbs = {
  readonly polished: (strength: number) => Stage<Media<"image">, Unchanged, Smudged>
  readonly counted: () => Stage<{ readonly concepts: ReadonlyArray<unknown> }, Extended<{ readonly count: number }>>
} & PluginHooks<"lens", HookPart<never, never>, HookPart<never, never>, HookPart<Smudged, never>>

export declare const lens: (options: {
  readonly text: string
}) => Plugin<
  "lens",
  LensVerbs,
  { readonly still: (url: string) => SourceOf<Media<"image">> },
  { readonly lensName: () => string },
  never
>
