/** The parameters of a training, stored with its version, so that a restart trains the same. */
export interface TrainingPlan {
  readonly concepts: ReadonlyArray<string>
  readonly exclusive: boolean
  readonly closed: boolean
  readonly failOnMissingPositives: boolean
  /** The newest input when it was requested: it waits for inputs up to this one, and ignores later ones. */
  readonly upTo: number
  /** The seed; undefined in plans of older engines, which use the engine's. */
  readonly seed?: number
  readonly timeoutMs?: number
  /** The version to continue from. */
  readonly resumeFrom?: string
}

/** The plan of a version. The engine wrote it, so it has this shape. */
export const readPlan = (row: { readonly plan: string }): TrainingPlan => JSON.parse(row.plan) as TrainingPlan
