/** Trainings over recorded answers of real services. */
import { dataJson, hasData } from "@sightline/fixtures"
import { describe, expect, it } from "vitest"
import { NoPositives, type TrainingEvent } from "../../src/index.ts"
import { appOf, statesOf } from "../support/backends.ts"
import { drawExamples, temporaryFolder } from "../support/images.ts"
import { makeFakeService, connectDirectly } from "../support/fake-service.ts"

const recorded = (name: string) => dataJson("wire", `${name}.response.json`)

describe.skipIf(!hasData("wire"))("a training over recorded answers", () => {
  it.each([
    ["java/trainModel", "java/getModelVersion"],
    ["seeds/002_train-model", "java/getModelVersion"]
  ])("requests a version as in %s and ends as in %s", async (train, version) => {
    using folder = temporaryFolder()
    const service = makeFakeService({
      override: ({ method, path }) =>
        method === "POST" && path.endsWith("/versions")
          ? recorded(train)
          : method === "GET" && /versions\/./.test(path)
            ? recorded(version)
            : undefined
    })
    const app = appOf({ connection: connectDirectly(service), folder: folder.path })
    const events: Array<TrainingEvent> = []
    const model = await app
      .train("pets")
      .concepts("cat", "dog")
      .examples(drawExamples(["cat", "dog"], 2))
      .run({ onEvent: (event) => events.push(event) })
    const asked = recorded(train) as { readonly model: { readonly model_version: { readonly id: string } } } // checked by the run
    expect(model.versionId).toBe(asked.model.model_version.id)
    expect(statesOf(events).slice(-2)).toEqual(["trained", "ready"])
  })

  it("ends at once with the error of the recorded status", async () => {
    using folder = temporaryFolder()
    const service = makeFakeService({
      override: ({ method, path }) =>
        method === "GET" && /versions\/./.test(path) ? recorded("go/ok_10000_get_model_version") : undefined
    })
    const app = appOf({ connection: connectDirectly(service), folder: folder.path })
    const result = await app
      .train("pets")
      .concepts("cat", "dog")
      .examples(drawExamples(["cat", "dog"], 2))
      .result()
    if (result.ok) throw new Error("it did not fail")
    expect(result.error).toBeInstanceOf(NoPositives)
    expect(result.error).toMatchObject({ code: 21111 })
  })
})
