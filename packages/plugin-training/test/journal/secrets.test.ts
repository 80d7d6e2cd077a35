/** Signed addresses: neither the journal nor a result contains their query or credentials. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type Example, manifest } from "../../src/index.ts"
import { openPets, scoredBy } from "../support/pets.ts"
import { write } from "../support/sources.ts"

const secrets = ["s3cret-signature", "s3cret-password"]

/** Addresses in the forms in which they carry secrets; `plain` carries none. */
const addressesOf = (name: string) => ({
  signed: `https://example.invalid/${name}.jpg?X-Signature=${secrets[0]}`,
  authorized: `https://me:${secrets[1]}@example.invalid/${name}-2.jpg`,
  plain: `https://example.invalid/${name}-3.jpg`
})

const journalText = (folder: string): string =>
  readdirSync(join(folder, "journal"))
    .map((file) => readFileSync(join(folder, "journal", file), "latin1"))
    .join("\n")

describe("a training from signed addresses", () => {
  const examples = ["cat", "dog"].flatMap((concept) =>
    Array.from({ length: 4 }, (_, i) => Object.values(addressesOf(`${concept}-${i}`)))
      .flat()
      .map((input): Example => ({ input, concepts: [concept] }))
  )
  const open = () => {
    const at = openPets(scoredBy([], { score: () => 0 }))
    return {
      ...at,
      train: (given: typeof examples | ReturnType<typeof manifest>) =>
        at.app.train("pets").concepts("cat", "dog").examples(given).holdout(0.5)
    }
  }

  it("keeps their queries and credentials out of the journal and of the result", async () => {
    using at = open()
    const model = await at.train(examples).run()
    expect(model.evaluation?.tests).toBe(12)
    expect(model.evaluation?.worst.length).toBeGreaterThan(0)
    const text = journalText(at.folder)
    const shown = JSON.stringify(model)
    for (const secret of secrets) {
      expect(text).not.toContain(secret)
      expect(shown).not.toContain(secret)
    }
    expect(shown).toContain("https://example.invalid/cat-1.jpg")
    // The service itself gets the whole address.
    expect([...at.service.inputs.values()]).toHaveLength(12)
  })

  it("keeps them out if they come from a manifest, or stand in a name", async () => {
    using at = open()
    const lines = examples.map(({ concepts, input }) => JSON.stringify({ url: input, concepts }))
    const path = write(at.folder, "m.jsonl", lines.join("\n"))
    const fromManifest = await at.train(manifest(path)).run()
    const named = examples.map((example) => ({
      ...example,
      name: typeof example.input === "string" ? example.input : ""
    }))
    const withNames = await at.train(named).seed(2).run({ again: true })
    const text = `${journalText(at.folder)}${JSON.stringify([fromManifest, withNames])}`
    for (const secret of secrets) expect(text).not.toContain(secret)
  })

  it("finds its tests again from the addresses without secrets, and the others from the examples", async () => {
    using at = open()
    const stop = new AbortController()
    const interrupted = at.train(examples).run({
      signal: stop.signal,
      onEvent: ({ state }) => state === "trained" && stop.abort(new Error("enough"))
    })
    await expect(interrupted).rejects.toThrow("enough")
    const journal = journalText(at.folder)
    expect(journal).toContain("-3.jpg")
    for (const secret of secrets) expect(journal).not.toContain(secret)
    const whole = await at.train(examples).run()
    expect(whole.evaluation).toMatchObject({ tests: 12, failed: 0 })
    const byId = await (await at.app.training("pets")).run()
    expect(byId.evaluation).toEqual(whole.evaluation)
  })

  it("counts the others as failed tests if it is resumed by its id", async () => {
    using at = open()
    const stop = new AbortController()
    const interrupted = at.train(examples).run({
      signal: stop.signal,
      onEvent: ({ state }) => state === "trained" && stop.abort(new Error("enough"))
    })
    await expect(interrupted).rejects.toThrow("enough")
    const { evaluation } = await (await at.app.training("pets")).run()
    expect(evaluation?.tests).toBe(4)
    expect(evaluation?.failed).toBe(8)
  })
})
