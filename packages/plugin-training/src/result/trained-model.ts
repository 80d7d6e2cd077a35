/** The result of a training: a model handle with the version's evaluation. */
import { type Model, model } from "@sightline/core/plugin"
import type { Evaluation } from "../evaluation/evaluation.ts"
import type { Tally, Untested } from "./example-tally.ts"

/** A trained model: a handle that is pinned to one version. `N`: the names of its concepts. */
export interface TrainedModel<N extends string = string> extends Model<"embedding-classifier", "image" | "video", N> {
  readonly versionId: string
  readonly concepts: ReadonlyArray<N>
  /** False if `promoteWhen` rejected the new version; the handle is then pinned to the previous one, if there is one. */
  readonly promoted: boolean
  /** How good the new version is on the held-out examples; undefined if there were none. */
  readonly evaluation: Evaluation | undefined
  /** Why there is no evaluation although `holdout` asked for one; undefined if there is one, or none was asked for. */
  readonly untested: Untested | undefined
  /** The evaluation of the previous version on the same examples; undefined if there is no previous version. */
  readonly previous: Evaluation | undefined
  /**
   * What the service says would make a better version, such as another embedder and its size; undefined if it says nothing, or
   * at least 80 % of the held-out examples are recognized.
   */
  readonly advice: string | undefined
  /** What became of the examples; undefined if another run has uploaded them. */
  readonly tally: Tally | undefined
}

/** The handle of one version of a model. */
export const versionHandle = (
  { concepts, id }: { readonly id: string; readonly concepts: ReadonlyArray<string> },
  versionId: string
): Model<"embedding-classifier", "image" | "video"> & { readonly versionId: string } => ({
  ...model({ id, task: "embedding-classifier", accepts: ["image", "video"], concepts }),
  versionId
})
