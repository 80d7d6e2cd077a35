import { describe, expect, it } from "vitest"
import { type Example, manifest } from "../../src/index.ts"
import { appOf } from "../support/backends.ts"
import { connectDirectly, makeFakeService } from "../support/fake-service.ts"
import { temporaryFolder } from "../support/images.ts"
import { write } from "../support/sources.ts"

describe("a training from examples that cannot all be read", () => {
  it("fails with the reason, keeps what is uploaded, and continues once the source is repaired", async () => {
    using at = temporaryFolder()
    for (let i = 0; i < 200; i++) write(at.path, `${i}.bmp`, `BM${i}`)
    const lines = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({ file: `${i}.bmp`, concepts: [i % 2 ? "cat" : "dog"] })
    )
    const path = write(at.path, "m.jsonl", [...lines, "broken"].join("\n"))
    const service = makeFakeService({ states: [21100] })
    const pipeline = appOf({ connection: connectDirectly(service), folder: at.path })
      .train("pets")
      .concepts("cat", "dog")
      .examples(manifest(path))
    const result = await pipeline.result()
    expect(result.ok ? "" : result.error._tag).toBe("ExamplesUnreadable")
    write(at.path, "m.jsonl", lines.join("\n"))
    const { tally } = await pipeline.run()
    expect((tally?.added ?? 0) + (tally?.known ?? 0)).toBe(200)
    expect(tally?.known).toBeGreaterThan(0)
    expect(service.inputs.size).toBe(200)
  })

  it("fails with the message that an iterable throws", async () => {
    using at = temporaryFolder()
    const failing = function* (): Iterable<Example> {
      yield { input: new Uint8Array([1]), concepts: ["cat"] }
      throw new Error("the disk is gone")
    }
    const pipeline = appOf({ connection: connectDirectly(makeFakeService()), folder: at.path })
      .train("pets")
      .concepts("cat")
    for (const examples of [
      failing(),
      (async function* () {
        yield* failing()
      })()
    ]) {
      const result = await pipeline.examples(examples).result()
      expect(result.ok ? "" : result.error.message).toMatch(/the disk is gone/)
    }
  })

  it("fails for labels that are not an array of names, with the example's position", async () => {
    using at = temporaryFolder()
    const pipeline = appOf({ connection: connectDirectly(makeFakeService()), folder: at.path })
      .train("pets")
      .concepts("cat")
    const good = { input: new Uint8Array([1]), concepts: ["cat"] }
    for (const bad of [{ input: new Uint8Array([2]) }, { input: new Uint8Array([2]), concepts: "cat" }]) {
      const result = await pipeline.examples([good, bad as never]).result() // as callers without types may do
      expect(result.ok ? "" : result.error.message).toMatch(/the labels of example 1 are not an array of names/)
    }
  })
})
