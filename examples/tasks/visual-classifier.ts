// Classify an image: names and scores, best first. `.concepts` selects concepts and narrows the type of the names.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { concepts } = await app
  .input("https://samples.clarifai.com/metro-north.jpg")
  .concepts("train", "railway")
  .atLeast(0.5)
  .predict(models.general)
  .run()
for (const { name, score } of concepts) console.log(name, score)
