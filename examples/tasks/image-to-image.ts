// Upscale an image; the answer is bytes.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const small = app.input("https://samples.clarifai.com/dog2.jpeg")
const { image } = await small.params({ width: 1024 }).predict(models.upscale).run()
console.log(image.format, image.width, image.height, image.bytes.length)
