import { expect, it } from "vitest"
import { type TrainingEvent } from "../../src/index.ts"
import { appOf, backends } from "../support/backends.ts"
import { drawImage } from "../support/images.ts"
import { pets, trainPets } from "../support/pets.ts"

const engineBackend = backends.find(({ name }) => name === "the engine")

it("a poor evaluation says that a better encoder exists and what it weighs, also when the run is repeated", async () => {
  if (engineBackend === undefined) throw new Error("no engine among the backends")
  await using backend = await engineBackend.open()
  // Both concepts show the same grey noise: nothing can be learned.
  const examples = pets.flatMap((concept, at) =>
    Array.from({ length: 10 }, (_, i) => ({
      name: `${concept}-${i}`,
      input: drawImage("noise", at * 100 + i),
      concepts: [concept]
    }))
  )
  const events: Array<TrainingEvent> = []
  const training = trainPets(appOf(backend), examples).holdout(0.4)
  const model = await training.run({ onEvent: (event) => events.push(event) })
  expect(model.evaluation?.accuracy).toBeLessThan(0.8)
  expect(model.advice).toMatch(/the encoder image-embedding \(\d+ MB\).*sightline models add image-embedding/)
  expect(events.find(({ state }) => state === "evaluated")).toMatchObject({ advice: model.advice })
  expect((await training.run()).advice).toBe(model.advice)
}, 60_000)
