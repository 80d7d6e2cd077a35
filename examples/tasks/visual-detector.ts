// Detect objects: boxes are fractions of the image.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { regions } = await app.input("https://samples.clarifai.com/metro-north.jpg").predict(models.detection).run()
for (const { box, concepts } of regions) console.log(concepts[0]?.name, box.left, box.top, box.right, box.bottom)
