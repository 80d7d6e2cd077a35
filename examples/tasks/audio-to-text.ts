// Transcribe a recording.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const { text } = await app.audio("https://samples.clarifai.com/hello.wav").predict(models.transcription).run()
console.log(text)
