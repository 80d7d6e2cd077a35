// The platform's own fetch.
import { bytesBody, key, measureBatches, modelPath, scoresOf, urlBody, type Job } from "../job.ts"

const headers = { authorization: `Key ${key}`, "content-type": "application/json" }
const post = async ({ baseUrl }: Job, body: object) => {
  const response = await fetch(baseUrl + modelPath, { method: "POST", headers, body: JSON.stringify(body) })
  return scoresOf(await response.json())
}

await measureBatches({
  urls: (job) => (batch) => post(job, urlBody(batch)),
  bytes: (job) => (batch) => post(job, bytesBody(batch))
})
process.exit(0)
