// ky alone, as its readme shows it; its retries and timeout are off, as they are for everybody here.
import ky from "ky"
import { bytesBody, key, measureBatches, modelPath, scoresOf, urlBody, type Job } from "../job.ts"

const client = ky.create({ headers: { authorization: `Key ${key}` }, retry: 0, timeout: false })
const post = async ({ baseUrl }: Job, json: object) => scoresOf(await client.post(baseUrl + modelPath, { json }).json())

await measureBatches({
  urls: (job) => (batch) => post(job, urlBody(batch)),
  bytes: (job) => (batch) => post(job, bytesBody(batch))
})
process.exit(0)
