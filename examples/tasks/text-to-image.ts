// Generate an image with a third party's model. Its key is passed by name and never shown.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai(), { secrets: { openai: process.env["OPENAI_KEY"] ?? "" } })
const kite = app.text("a red kite over hills").params({ size: "1024x1024", quality: "hd" }).secret("api_key", "openai")
const { image } = await kite.predict(models.dalle3).run()
console.log(image.format, image.width, image.height, image.bytes.length)
