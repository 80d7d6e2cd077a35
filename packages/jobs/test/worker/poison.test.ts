import { type Media, models, sightline } from "@sightline/core"
import { definePlugin, stageSame } from "@sightline/core/plugin"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { expect, it as test } from "vitest"
import { inProcess, submit, work } from "../../src/index.ts"
import { claimsUntilPoison } from "../../src/ledger/claims.ts"
import { decodeOutcome } from "../../src/ledger/outcome-json.ts"
import { openSqlite } from "../../src/ledger/sqlite-database.ts"
import { sqlLedger } from "../../src/ledger/sql-ledger.ts"
import { runUnit } from "../../src/worker/run-unit.ts"
import { jobTelemetry } from "../../src/worker/telemetry.ts"
import { addresses, countingService } from "../service/counting-service.ts"

const settings = { onMaybePaid: "report", budget: {}, sentAtStart: false } as const

it.effect("an input whose workers end each time is set aside, and those beside it are answered", () =>
  Effect.gen(function* () {
    const ledger = yield* sqlLedger(openSqlite({ file: undefined }))
    const service = countingService()
    const app = sightline(service.connection)
    const form = app.inputs([]).predict(models.general).toPortable()
    yield* ledger.create({ id: "job", form: JSON.stringify(form), source: "{}", settings })
    yield* ledger.addUnits("job", 0, [{ first: 0, size: 5, refs: JSON.stringify(addresses(5)) }], undefined)
    yield* ledger.endListing("job")
    // workers that end while they prepare the input at 2: before anything of it is sent
    for (let death = 1; death < claimsUntilPoison; death++) {
      const worker = `worker ${death}`
      yield* ledger.join(worker)
      const lease = yield* ledger.claim(worker, 0, "job")
      if (lease !== undefined && death >= 4) {
        for (const index of [0, 1])
          if (!lease.settled.has(index)) {
            yield* ledger.trying(lease, index)
            yield* ledger.settle(lease, [{ index, as: "succeeded", outcome: "{}" }], "rests")
          }
        yield* ledger.trying(lease, 2)
      }
      yield* ledger.bury({ worker, beat: 0 })
    }
    yield* ledger.join("last")
    const lease = yield* ledger.claim("last", 0, "job")
    assert.strictEqual(lease?.trying, 2)
    if (lease !== undefined) yield* runUnit({ ledger, app, form, lease, telemetry: jobTelemetry(app) })
    assert.deepInclude(yield* ledger.get("job"), { state: "done", succeeded: 4, poison: 1, settled: 5 })
    const rows = yield* ledger.settledAfter("job", 0, 10)
    const poison = rows.find(({ as }) => as === "PoisonInput")
    assert.deepInclude(decodeOutcome(poison?.outcome ?? "{}"), { ok: false, index: 2 })
    assert.isUndefined(service.sent.get("https://example.com/2.jpg"))
  })
)

test("what breaks a chain outside of typed errors costs only the input that does", async () => {
  await using executor = inProcess()
  const service = countingService()
  const fragile = definePlugin({
    name: "fragile",
    version: 1,
    verbs: {
      look: () =>
        stageSame("fragile.look", {}, (image: Media<"image">) =>
          image.source.from === "url" && image.source.url.endsWith("/3.jpg") ? Effect.interrupt : Effect.succeed(image)
        )
    }
  })
  const app = sightline(service.connection).use(fragile)
  const job = await submit(app.inputs([]).look().predict(models.general), { source: addresses(6), executor })
  await work({ app, executor, until: "idle" }).finished
  const { outcomes, state } = await job.status()
  expect(state).toBe("done")
  expect(outcomes).toEqual({ succeeded: 5, failed: 0, maybePaid: 0, poison: 1 })
})
