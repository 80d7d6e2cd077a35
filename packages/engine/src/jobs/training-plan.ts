/** What a training was asked to do; kept with its version, so that a restart trains the same. */
export interface TrainingPlan {
  readonly concepts: ReadonlyArray<string>
  readonly exclusive: boolean
  readonly closed: boolean
  readonly failOnMissingPositives: boolean
  /** The last input that had arrived: it waits for these, and learns from no later ones. */
  readonly upTo: number
  /** Where chance has a part. Missing in plans of older engines: those follow the engine's own. */
  readonly seed?: number
  readonly timeoutMs?: number
  /** The version to go on from. */
  readonly resumeFrom?: string
}

/** The plan of a version. It was written by us, so it has this shape. */
export const readPlan = (row: { readonly plan: string }): TrainingPlan => JSON.parse(row.plan) as TrainingPlan
