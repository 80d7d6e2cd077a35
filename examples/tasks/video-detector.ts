// Detect objects in a video: the service samples one frame every two seconds.
import { clarifai, Media, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const clip = new Media("video", { from: "url", url: "https://samples.clarifai.com/beer.mp4" })
const { frames } = await app.input(clip).sampleMs(2000).predict(models.detection).run()
for (const { regions, timeMs } of frames) console.log(timeMs, regions[0]?.concepts[0]?.name)
