/** The pretrained models of a folder: found by id, loaded when first asked. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { WireObject } from "../protocol/json.ts"
import type { WireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"

/** A pretrained model that is there. */
export interface PretrainedModel {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly legacy: string
  /** As answers show it; with `concepts`, what it can name. */
  readonly describe: (options?: { readonly concepts?: boolean }) => WireObject
}

/** What the models folder holds. */
export class Pretrained extends Context.Service<
  Pretrained,
  {
    readonly folder: string
    readonly find: (id: string) => Effect.Effect<PretrainedModel | undefined, WireError>
    readonly list: Effect.Effect<ReadonlyArray<PretrainedModel>, WireError>
  }
>()("@sightline/engine/Pretrained") {
  static readonly layer: Layer.Layer<Pretrained, never, Settings> = Layer.effect(
    Pretrained,
    Effect.map(Settings, ({ models }) =>
      Pretrained.of({ folder: models, find: () => Effect.succeed(undefined), list: Effect.succeed([]) })
    )
  )
}
