/** Trainings of cats and dogs on a made-up service that behaves as told, each in a folder of its own. */
import type { Examples, TrainingMembers } from "../../src/index.ts"
import { appOf } from "./backends.ts"
import { drawExamples, temporaryFolder } from "./images.ts"
import { type Behaviour, makeFakeService, connectDirectly } from "./fake-service.ts"

export const pets = ["cat", "dog"] as const

/** A training of the two. */
export const trainPets = (app: TrainingMembers, examples: Examples) =>
  app
    .train("pets")
    .concepts(...pets)
    .examples(examples)

/** A training of `each` examples of both. */
export const openPets = (given: Partial<Behaviour>, each = 2) => {
  const folder = temporaryFolder()
  const service = makeFakeService(given)
  const app = appOf({ connection: connectDirectly(service), folder: folder.path })
  return {
    app,
    service,
    pipeline: trainPets(app, drawExamples(pets, each)),
    folder: folder.path,
    /** The versions that are on the service, oldest first. */
    versionIds: () => service.models.get("pets")?.versions.map(({ id }) => id),
    [Symbol.dispose]: folder[Symbol.dispose]
  }
}

/** A service that trains at once, and whose nth version is right with the nth of these scores for what is there. */
export const scoredBy = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}): Partial<Behaviour> => ({
  states: [21100],
  waiting: 0,
  score: (shown, concept, nth) => (shown === concept ? (scores[nth - 1] ?? 0) : 1 - (scores[nth - 1] ?? 0)),
  ...given
})

/** A training with a part kept back to judge its versions by. */
export const openScoredPets = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}) => {
  const at = openPets(scoredBy(scores, given), 5)
  return { ...at, pipeline: at.pipeline.holdout(0.4) }
}
