// This library as an application uses it: lazily read inputs, one Outcome each; the run loop cuts and sends.
import { clarifai, models, sightline } from "@sightline/core"
import { key, measure, pictures, urls, type Job } from "../job.ts"

await measure(async ({ workload, baseUrl, inputs, sizeBytes, atOnce }: Job) => {
  // No pacing: no other contender limits itself to the service's fifteen calls a second.
  const connection = clarifai({ pat: key, userId: "bench", appId: "main", baseUrl, rate: { perSecond: Infinity } })
  const app = sightline(connection)
  let [outputs, score] = [0, 0]
  if (workload === "serial") {
    for (const url of urls(inputs)) {
      const { concepts } = await app.input(url).predict(models.general).run()
      outputs += 1
      score += concepts[0]?.score ?? 0
    }
    return { outputs, score }
  }
  const chain =
    workload === "bytes"
      ? app.inputs(pictures(inputs, sizeBytes)).predict(models.general)
      : app.inputs(urls(inputs)).predict(models.general)
  for await (const outcome of chain.stream({ concurrency: atOnce })) {
    if (!outcome.ok) throw outcome.error
    outputs += 1
    score += outcome.value.concepts[0]?.score ?? 0
  }
  return { outputs, score }
})
process.exit(0)
