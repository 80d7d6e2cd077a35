// Caption an image.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { text } = await app.input("https://samples.clarifai.com/dog2.jpeg").predict(models.caption).run()
console.log(text)
