// Segment an image: one mask per region, decoded on demand.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { regions } = await app.input("https://samples.clarifai.com/metro-north.jpg").predict(models.segmentation).run()
for (const { concepts, mask } of regions) {
  const { data, height, width } = await mask.pixels()
  console.log(concepts[0]?.name, `${width} × ${height}`, data.filter((grey) => grey > 127).length)
}
