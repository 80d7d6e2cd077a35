// Ask a question about an image.
import { clarifai, Media, models, sightline, textMedia } from "@sightline/core"

const app = sightline(clarifai())
const image = new Media("image", { from: "url", url: "https://samples.clarifai.com/metro-north.jpg" })
const { text } = await app.parts(image, textMedia("What time of day is it?")).predict(models.gpt4Vision).run()
console.log(text)
