// A batch with one unreachable image: the other answers are kept.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const urls = ["https://example.org/ok.jpg", "https://example.org/no.jpg"]
for await (const outcome of app.inputs(urls).predict(models.general).stream())
  console.log(outcome.index, outcome.ok ? outcome.value.concepts[0]?.name : outcome.error._tag)
