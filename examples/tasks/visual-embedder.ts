// Embed an image: similar images have similar vectors.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { embedding } = await app.input("https://samples.clarifai.com/dog2.jpeg").predict(models.clip).run()
console.log(embedding.dimensions, embedding.vector)
