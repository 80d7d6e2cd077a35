import { assert, describe, it } from "@effect/vitest"
import { model, sightline } from "../../src/index.ts"
import { handlesSource, type ModelRecord, resources } from "../../src/resources.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

const status = { code: 10000 }
const wireModels = [
  {
    id: "my-pets",
    user_id: "u",
    app_id: "a",
    model_type_id: "embedding-classifier",
    description: "Our pets.\n*/ evil()"
  },
  { id: "General 2", user_id: "u", app_id: "a", model_type_id: "visual-classifier" }
]

describe("typed handles of an account", () => {
  it("are written with their real vocabularies", async () => {
    const connection = fakeConnection(({ path }) => {
      if (path.startsWith("/v2/models?")) return { status, models: wireModels }
      const id = decodeURIComponent(path.split("/")[path.split("/").length - 2] ?? "")
      const concepts =
        id === "my-pets"
          ? [
              { id: "charlie", name: "Charlie's", value: 1 },
              { id: "our_wedding", value: 1 }
            ]
          : []
      return { status, model: { ...wireModels.find((m) => m.id === id), output_info: { data: { concepts } } } }
    })
    const app = sightline(connection).use(resources())
    const source = await app.resources.models.source().run()
    assert.strictEqual(
      source,
      `import { model } from "@sightline/core"

export const general2 = model({
  id: "General 2",
  userId: "u",
  appId: "a",
  task: "visual-classifier"
})

/** Our pets. * / evil() */
export const myPets = model({
  id: "my-pets",
  userId: "u",
  appId: "a",
  task: "embedding-classifier",
  concepts: ["Charlie's","our_wedding"]
})
`
    )
    assert.deepStrictEqual(
      connection.calls
        .map(({ path }) => path)
        .slice(1)
        .toSorted(),
      ["/v2/users/u/apps/a/models/General%202/output_info", "/v2/users/u/apps/a/models/my-pets/output_info"]
    )
  })
  it("are a module without any too", () => {
    assert.strictEqual(handlesSource([]), "export {}\n")
  })
  it("have names that are names, each once", () => {
    const record = (id: string): ModelRecord => ({
      ...model({ id, task: "visual-classifier" }),
      modelType: "visual-classifier",
      name: id
    })
    const source = handlesSource(["class", "a b", "a-b", "123", "", "été"].map(record))
    assert.deepStrictEqual(
      [...source.matchAll(/export const (\S+) =/g)].map(([, name]) => name),
      ["model2", "model123", "aB", "aB2", "modelClass", "été"]
    )
  })
})
