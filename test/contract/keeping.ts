/** What a service keeps: inputs, concepts, models, versions, workflows, and what is learnt from them. */
import { type Model, model, models, workflow } from "@sightline/core"
import { assert } from "vitest"
import { drawPicture } from "../../packages/engine/test/support/draw-picture.ts"
import { type Case, named } from "./case.ts"

const motifs = ["across", "down"] as const
const drawn = await Promise.all(
  motifs.flatMap((motif) =>
    Array.from({ length: 8 }, async (_, seed) => ({ motif, bytes: await drawPicture(motif, seed) }))
  )
)
const unseen = await Promise.all(motifs.map((motif) => drawPicture(motif, 99)))

/** One after the other: each goes on from the one before. */
export const keeping: ReadonlyArray<Case> = [
  {
    name: "examples become a model that tells unseen pictures apart, the same for a seed",
    check: async ({ app }) => {
      const examples = drawn.map(({ bytes, motif }) => ({ input: bytes, concepts: [motif] }))
      const states: Array<string> = []
      const stripes = await app
        .train("stripes")
        .concepts(...motifs)
        .mutuallyExclusive()
        .seed(7)
        .examples(examples)
        .run({ onEvent: ({ state }) => states.push(state) })
      assert.include(states, "trained")
      const outcomes = await app.inputs(unseen).predict(stripes).run()
      const seen = outcomes.map((outcome) => (outcome.ok ? named(outcome.value.concepts) : outcome.error._tag))
      assert.deepStrictEqual(
        seen.map((concepts) => concepts[0]?.[0]),
        [...motifs]
      )
      return seen
    }
  },
  {
    name: "inputs are listed, patched, searched and deleted",
    check: async ({ app }) => {
      const { inputs, search } = app.resources
      const all = await inputs.list({ pageSize: 5 }).all()
      assert.lengthOf(all, 16)
      const [first] = all
      if (first === undefined) return assert.fail("no inputs")
      await inputs.merge([{ id: first.id, metadata: { shelf: 3 } }]).run()
      const found = await search.inputs({ metadata: { shelf: 3 } }).all()
      assert.deepStrictEqual(
        found.map(({ input }) => input.id),
        [first.id]
      )
      const alike = await search.inputs({ label: { id: "down" } }).all()
      await inputs.deleteMany([first.id]).run()
      assert.strictEqual((await inputs.counts().run()).ready, 15)
      return alike.length
    }
  },
  {
    name: "concepts, models and versions are described as they are",
    check: async ({ app }) => {
      const concepts = (await app.resources.concepts.list().all()).map(({ id }) => id)
      const described = await app.resources.models.describe("stripes").run()
      assert.deepStrictEqual(described.concepts?.toSorted(), [...motifs])
      const untrained = await app.resources.models.create({ id: "empty", concepts: ["across"] }).run()
      assert.strictEqual(untrained.version?.state, "untrained")
      const early = await app
        .input(unseen[0] ?? "")
        .predict("empty")
        .result()
      assert.strictEqual(!early.ok && early.error._tag, "ModelNotReady")
      return concepts.toSorted()
    }
  },
  {
    name: "a workflow answers for each of its nodes",
    check: async ({ app }) => {
      const stripes: Model<"visual-classifier", "image"> = model({
        id: "stripes",
        task: "visual-classifier",
        accepts: ["image"]
      })
      await app.resources.workflows
        .create({
          id: "both",
          nodes: [
            { id: "own", modelId: "stripes" },
            { id: "color", modelId: "general-image-recognition" }
          ]
        })
        .run()
      const both = workflow({ id: "both", nodes: { own: stripes, color: models.general } })
      const { nodes } = await app
        .input(unseen[1] ?? "")
        .workflow(both)
        .run()
      return [nodes.own, nodes.color].map((node) => (node.ok ? named(node.value.concepts) : node.error._tag))
    }
  },
  {
    name: "what was deleted is gone",
    check: async ({ app }) => {
      await app.resources.models.delete("stripes").run()
      const gone = await app
        .input(unseen[0] ?? "")
        .predict("stripes")
        .result()
      assert.strictEqual(!gone.ok && gone.error._tag, "NotFound")
      return !gone.ok && gone.error.code
    }
  }
]
