/** Trainings of cats and dogs on a made-up service that behaves as told, each in a folder of its own. */
import type { Examples, TrainingMembers } from "../src/index.ts"
import { appOf } from "./backends.ts"
import { drawn, temporary } from "./pictures.ts"
import { type Behaviour, makeService, overFunction } from "./service.ts"

export const pets = ["cat", "dog"] as const

/** A training of the two. */
export const petsOf = (app: TrainingMembers, examples: Examples) =>
  app
    .train("pets")
    .concepts(...pets)
    .examples(examples)

/** A training of `each` examples of both. */
export const over = (given: Partial<Behaviour>, each = 2) => {
  const folder = temporary()
  const service = makeService(given)
  const app = appOf({ connection: overFunction(service), folder: folder.path })
  return {
    app,
    service,
    pipeline: petsOf(app, drawn(pets, each)),
    folder: folder.path,
    /** The versions that are on the service, oldest first. */
    left: () => service.models.get("pets")?.versions.map(({ id }) => id),
    [Symbol.dispose]: folder[Symbol.dispose]
  }
}

/** A service that trains at once, and whose nth version is right with the nth of these scores for what is there. */
export const graded = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}): Partial<Behaviour> => ({
  states: [21100],
  waiting: 0,
  score: (shown, concept, nth) => (shown === concept ? (scores[nth - 1] ?? 0) : 1 - (scores[nth - 1] ?? 0)),
  ...given
})

/** A training with a part kept back to judge its versions by. */
export const judged = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}) => {
  const at = over(graded(scores, given), 5)
  return { ...at, pipeline: at.pipeline.holdout(0.4) }
}
