// The JavaScript client of 2018, still the most downloaded; it takes 128 inputs a call and cuts nothing itself.
import Clarifai from "clarifai"
import { bytesBody, key, measureBatches, scoresOf } from "../src/job.ts"

const predict = ({ baseUrl }) => {
  const app = new Clarifai.App({ apiKey: key, apiEndpoint: baseUrl })
  return (inputs) => app.models.predict("general", inputs)
}

await measureBatches({
  urls: (job) => {
    const send = predict(job)
    return async (batch) => scoresOf(await send([...batch]))
  },
  bytes: (job) => {
    const send = predict(job)
    return async (batch) => scoresOf(await send(bytesBody(batch).inputs.map((input) => input.data.image)))
  }
})
process.exit(0)
