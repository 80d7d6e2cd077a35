/** Where the journal lies if no folder is given. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type Connection, sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { afterEach, describe, expect, it } from "vitest"
import { training } from "../src/index.ts"
import { connectDirectly, makeFakeService } from "./support/fake-service.ts"
import { drawExamples, temporaryFolder } from "./support/images.ts"

describe("the default journal", () => {
  const here = process.cwd()
  afterEach(() => process.chdir(here))

  const trainOn = (connection: Connection) =>
    sightline(connection)
      .use(training())
      .train("pets")
      .concepts("cat", "dog")
      .examples(drawExamples(["cat", "dog"], 3))
      .run()

  it("lies in the engine's folder, wherever the process runs", async () => {
    using place = temporaryFolder()
    process.chdir(place.path)
    await using local = engine({ directory: join(place.path, "data"), embedder: "fast", workers: 1 })
    await trainOn(local)
    expect(existsSync(join(place.path, "data", "trainings", "pets.jsonl"))).toBe(true)
    expect(existsSync(".sightline/trainings/pets.jsonl")).toBe(false)
    // A connection that is made from it is still that engine.
    const copy: Connection = { ...local, headers: { "x-app": "test" } }
    const { versionId } = await trainOn(copy)
    expect(versionId).not.toBe("")
    expect((await sightline(copy).use(training()).trained("pets").versions().all()).length).toBe(2)
  })

  it("lies in .sightline/trainings for any other connection", async () => {
    using place = temporaryFolder()
    process.chdir(place.path)
    await trainOn(connectDirectly(makeFakeService()))
    expect(existsSync(join(place.path, ".sightline", "trainings", "pets.jsonl"))).toBe(true)
  })
})
