/** Trainings of cats and dogs on a fake service, each in a separate folder. */
import type { Examples, TrainingMembers } from "../../src/index.ts"
import { appOf } from "./backends.ts"
import { drawExamples, temporaryFolder } from "./images.ts"
import { type Behaviour, makeFakeService, connectDirectly } from "./fake-service.ts"

export const pets = ["cat", "dog"] as const

/** A training of both concepts. */
export const trainPets = (app: TrainingMembers, examples: Examples) =>
  app
    .train("pets")
    .concepts(...pets)
    .examples(examples)

/** An app over a fake service, and a training with `each` examples of both concepts. */
export const openPets = (given: Partial<Behaviour>, each = 2) => {
  const folder = temporaryFolder()
  const service = makeFakeService(given)
  const app = appOf({ connection: connectDirectly(service), folder: folder.path })
  return {
    app,
    service,
    pipeline: trainPets(app, drawExamples(pets, each)),
    folder: folder.path,
    /** Ids of the versions on the service, oldest first. */
    versionIds: () => service.models.get("pets")?.versions.map(({ id }) => id),
    [Symbol.dispose]: folder[Symbol.dispose]
  }
}

/** A service that trains at once. The nth version scores the shown concept with the nth of these scores. */
export const scoredBy = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}): Partial<Behaviour> => ({
  states: [21100],
  waiting: 0,
  score: (shown, concept, nth) => (shown === concept ? (scores[nth - 1] ?? 0) : 1 - (scores[nth - 1] ?? 0)),
  ...given
})

/** An app over such a service, and a training that holds out 40 % of its examples. */
export const openScoredPets = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}) => {
  const at = openPets(scoredBy(scores, given), 5)
  return { ...at, pipeline: at.pipeline.holdout(0.4) }
}
