/** A model that does not exist: the answer names the command that adds one. */
import { assert, it } from "@effect/vitest"
import { catalogue } from "../../src/added-models/catalogue.ts"
import { freshEngine } from "../support/fresh-engine.ts"

it("each name and alias of the catalogue is answered with its command, any other with the list", async () => {
  await using local = freshEngine()
  const detailsOf = async (id: string) => {
    const { body } = await local.ask(`POST /v2/models/${id}/outputs`, {
      inputs: [{ data: { image: { url: "https://samples.clarifai.com/metro-north.jpg" } } }]
    })
    assert.strictEqual(body.status.code, 21200, id)
    return body.status.details
  }
  for (const { license, manifest, name } of catalogue)
    for (const id of [name, ...(manifest.aliases ?? [])]) {
      const details = await detailsOf(id)
      assert.include(details, `sightline models add ${name} (`, id)
      assert.include(details, license, id)
    }
  assert.include(await detailsOf("no-such-model"), "sightline models list --available")
  await local.ask("POST /v2/models", { model: { id: "animals" } })
  assert.include(await detailsOf("anmials"), "Did you mean 'animals'?")
  assert.notInclude(await detailsOf("no-such-model"), "Did you mean")
})

it("names, ids and aliases of the catalogue are different", () => {
  const ids = catalogue.flatMap(({ manifest, name }) => [name, ...(manifest.aliases ?? [])])
  assert.strictEqual(new Set(ids).size, ids.length)
})
