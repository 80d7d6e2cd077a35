// The official client over gRPC.
import { Input, Model } from "clarifai-nodejs"
import { key, measureBatches } from "../src/job.ts"

const predict = ({ grpc }) => {
  const authConfig = { userId: "bench", appId: "main", pat: key, base: `http://${grpc}`, ui: `http://${grpc}` }
  const model = new Model({ modelId: "general", authConfig })
  return async (inputs) => {
    const outputs = await model.predict({ inputs })
    return outputs.map((output) => output.data.conceptsList[0].value)
  }
}

await measureBatches({
  urls: (job) => {
    const send = predict(job)
    return (batch) => send(batch.map((imageUrl, i) => Input.getInputFromUrl({ inputId: `input-${i}`, imageUrl })))
  },
  bytes: (job) => {
    const send = predict(job)
    return (batch) => send(batch.map((imageBytes, i) => Input.getInputFromBytes({ inputId: `input-${i}`, imageBytes })))
  }
})
process.exit(0)
