/** Evaluation over the wire: queued, run, and read in the parts that are asked for. */
import { assert, describe, it } from "@effect/vitest"
import { addDrawn, freshEngine, poll, trainDrawn } from "../support/fresh-engine.ts"

const motifs = ["across", "down"] as const

describe("evaluating a version", () => {
  it("cross-validates it and answers with the parts that are asked for", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, motifs, 10)
    const trained = await trainDrawn(local.fetch, "m", motifs, { concepts_mutually_exclusive: true })
    const path = `/v2/models/m/versions/${trained.body.model_version.id}`
    const asked = await local.ask(`POST ${path}/metrics`)
    assert.strictEqual(asked.body.model_version.metrics.status.code, 21303)
    const done = await poll(
      () => local.ask(`GET ${path}/metrics`),
      ({ body }) => ![21303, 21301].includes(body.model_version.metrics.status.code)
    )
    const { metrics } = done.body.model_version
    assert.strictEqual(metrics.status.code, 21300)
    assert.isAbove(metrics.summary.top1_accuracy, 0.8)
    assert.isAbove(metrics.summary.macro_avg_roc_auc, 0.8)
    assert.notProperty(metrics, "confusion_matrix")

    const { body } = await local.ask(
      `GET ${path}/metrics?fields.confusion_matrix=true&fields.binary_metrics=true&fields.test_set=true&fields.label_counts=true&fields.cooccurrence_matrix=true`
    )
    const full = body.model_version.metrics
    assert.deepStrictEqual(full.confusion_matrix.concept_ids, motifs)
    assert.strictEqual(full.confusion_matrix.matrix.length, 4)
    assert.strictEqual(full.binary_metrics[0].num_pos, 10)
    assert.strictEqual(full.binary_metrics[0].num_tot, 20)
    assert.strictEqual(full.binary_metrics[0].concept.name, "across")
    assert.strictEqual(full.label_counts.positive_label_counts[1].count, 10)
    assert.strictEqual(full.cooccurrence_matrix.matrix[0].count, 10)
    assert.strictEqual(full.test_set.length, 20)
    assert.match(full.test_set[0].input.id, /^(across|down)-\d$/)

    const evaluation = await local.ask(`POST ${path}/evaluations`, { eval_metrics: [{}] })
    const { id } = evaluation.body.eval_metrics[0]
    const again = await poll(
      () => local.ask(`GET /v2/evaluations/${id}`),
      ({ body }) => body.eval_metrics.status.code === 21300
    )
    assert.deepStrictEqual(again.body.eval_metrics.summary, metrics.summary)
    assert.strictEqual((await local.ask(`GET ${path}/evaluations`)).body.eval_metrics.length, 1)
  })

  it("says when there is too little, or nothing, to judge by", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, motifs, 2)
    const trained = await trainDrawn(local.fetch, "m", motifs)
    const path = `/v2/models/m/versions/${trained.body.model_version.id}`
    await local.ask(`POST ${path}/metrics`)
    const done = await poll(
      () => local.ask(`GET ${path}/metrics`),
      ({ body }) => ![21303, 21301].includes(body.model_version.metrics.status.code)
    )
    assert.strictEqual(done.body.model_version.metrics.status.code, 21316)

    const { body } = await local.ask("GET /v2/models/m/versions")
    const untrained = body.model_versions.at(-1).id
    const refused = await local.ask(`POST /v2/models/m/versions/${untrained}/metrics`)
    assert.strictEqual(refused.http, 200)
    assert.strictEqual(refused.body.status.code, 21102)
  })
})
