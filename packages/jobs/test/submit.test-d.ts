import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { expectTypeOf, test } from "vitest"
import { type Job, openJob, submit } from "../src/index.ts"

const app = sightline(fakeConnection(() => ({})))

test("a job's outcomes have the type of the chain's answers and errors", async () => {
  const job = await submit(app.inputs([]).concepts("train").predict(models.general), { source: [] })
  for await (const outcome of job.outcomes())
    if (outcome.ok) expectTypeOf(outcome.value.concepts[0]?.name).toEqualTypeOf<"train" | undefined>()
    else expectTypeOf<"MaybePaid" | "RateLimited">().toExtend<(typeof outcome.error)["_tag"]>()
  expectTypeOf(job).toExtend<Job>()
})

test("the errors of an opened job have tags", async () => {
  const job = await openJob("pets")
  for await (const outcome of job.outcomes())
    if (!outcome.ok) expectTypeOf<"MaybePaid" | "RateLimited">().toExtend<(typeof outcome.error)["_tag"]>()
})

test("a chain that holds a closure is no job", () => {
  const local = app
    .inputs([])
    .predict(models.general)
    .map((answer) => answer.concepts)
  // @ts-expect-error a function cannot travel
  void submit(local)
  const bytes = app.inputs([new Uint8Array()]).predict(models.general)
  // @ts-expect-error bytes cannot travel
  void submit(bytes)
  const chain = app.inputs([]).predict(models.general)
  // @ts-expect-error inputs are references, never bytes
  void submit(chain, { source: [new Uint8Array()] })
})
