// Classify the sentiment of several texts: one outcome each, in order.
import { clarifai, models, sightline, textMedia } from "@sightline/core"

const app = sightline(clarifai())
const reviews = ["great phone", "awful food"].map((text) => textMedia(text))
for (const outcome of await app.inputs(reviews).predict(models.sentiment).run())
  console.log(outcome.ok ? outcome.value.concepts[0]?.name : outcome.error.message)
