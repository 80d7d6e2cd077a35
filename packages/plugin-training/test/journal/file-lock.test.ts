/** Only one run of a training at a time, across processes; a run that has ended in any way does not block the next. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type Journal, type JournalEntry, memoryJournal, training, TrainingBusy } from "../../src/index.ts"
import { sightline } from "@sightline/core"
import { scoredBy, openPets, pets, trainPets } from "../support/pets.ts"
import { drawExamples } from "../support/images.ts"
import { makeFakeService, connectDirectly } from "../support/fake-service.ts"

describe("a training that runs", () => {
  it("rejects a second call until it ends, and requests one version", async () => {
    using at = openPets({ states: [21103, 21101, 21100] })
    let second: Promise<unknown> | undefined
    const onEvent = () => (second ??= at.pipeline.run().catch((error: unknown) => error))
    const model = await at.pipeline.run({ onEvent })
    const error = await second
    if (!(error instanceof TrainingBusy)) throw new Error("it was not rejected")
    expect(error).toMatchObject({ id: "pets", pid: process.pid, retryable: true })
    expect(Date.parse(error.since ?? "")).toBeGreaterThan(0)
    expect(error.message).toMatch(/pets is running in process \d+ since .+; wait for it/)
    expect((await at.pipeline.run()).versionId).toBe(model.versionId)
    expect(at.versionIds()).toEqual(["v1"])
  })

  it("does not block trainings of other models", async () => {
    using at = openPets(scoredBy([]))
    const others = at.app.train("cars").concepts("cat", "dog").examples(drawExamples(pets, 2))
    const models = await Promise.all([at.pipeline.run(), others.run()])
    expect(models.map(({ id }) => id)).toEqual(["pets", "cars"])
  })

  it("can be run again after it was aborted or has failed", async () => {
    using at = openPets({ states: [21101, 21115, 21100] })
    await expect(at.pipeline.run({ signal: AbortSignal.timeout(30) })).rejects.toBeDefined()
    const failed = await at.pipeline.result()
    expect(failed.ok ? "" : failed.error._tag).toBe("TrainingBroke")
    const started = await at.pipeline.start()
    await started.stop()
    expect((await at.pipeline.result()).ok).toBe(false)
  })

  it("rejects a second call with a journal in memory too", async () => {
    const app = sightline(connectDirectly(makeFakeService())).use(training({ journal: memoryJournal() }))
    const pipeline = trainPets(app, drawExamples(pets, 2))
    const both = await Promise.all([pipeline.result(), pipeline.result()])
    expect(both.map((one) => (one.ok ? "ok" : one.error._tag)).toSorted()).toEqual(["TrainingBusy", "ok"])
    expect((await pipeline.result()).ok).toBe(true)
  })
})

describe("a custom journal", () => {
  it("may be an instance of a class, and may have no lock", async () => {
    class Own implements Journal {
      readonly place = "here"
      readonly #kept = memoryJournal()
      read(id: string) {
        return this.#kept.read(id)
      }
      append(id: string, entry: JournalEntry) {
        return this.#kept.append(id, entry)
      }
    }
    const app = sightline(connectDirectly(makeFakeService())).use(training({ journal: new Own() }))
    const pipeline = trainPets(app, drawExamples(pets, 2))
    const { versionId } = await pipeline.run()
    expect((await pipeline.run()).versionId).toBe(versionId)
  })
})

describe("a training that runs in another process", () => {
  it(
    "is rejected with the process id, and can be run as soon as that process is killed",
    { timeout: 60_000 },
    async () => {
      using at = openPets(scoredBy([]))
      const journal = join(at.folder, "journal")
      mkdirSync(journal)
      for (let round = 0; round < 3; round++) {
        const holder = spawn(
          process.execPath,
          ["--no-warnings", join(import.meta.dirname, "lock-holder.ts"), journal],
          {
            stdio: ["ignore", "pipe", "inherit"]
          }
        )
        try {
          await once(holder.stdout, "data")
          const calls = at.service.counts()
          const refused = await at.pipeline.result()
          if (refused.ok) throw new Error("it was not rejected")
          expect(refused.error).toMatchObject({ _tag: "TrainingBusy", pid: holder.pid })
          expect(at.service.counts()).toBe(calls)
        } finally {
          const closed = once(holder, "close")
          holder.kill("SIGKILL")
          await closed
        }
        expect((await at.pipeline.run()).versionId).toBe("v1")
      }
    }
  )
})
