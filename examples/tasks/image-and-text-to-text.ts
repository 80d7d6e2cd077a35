// A question about a picture.
import { clarifai, Media, models, sightline, textMedia } from "@sightline/core"

const app = sightline(clarifai())
const picture = new Media("image", { from: "url", url: "https://samples.clarifai.com/metro-north.jpg" })
const { text } = await app.parts(picture, textMedia("What time of day is it?")).predict(models.gpt4Vision).run()
console.log(text)
