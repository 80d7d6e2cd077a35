// A picture as numbers: like pictures have like numbers.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { embedding } = await app.input("https://samples.clarifai.com/dog2.jpeg").predict(models.clip).run()
console.log(embedding.dimensions, embedding.vector)
