// Synthesize speech; the answer is bytes.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const hello = app.text("Hello there").params({ voice_id: "v1", model_id: "m1", stability: 0.7 })
const { audio } = await hello.predict(models.speech).run()
console.log(audio.format, audio.sampleRate, audio.durationSeconds, audio.bytes.length)
