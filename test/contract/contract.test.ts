/** The SDK's contract, shown on the engine in this process and on a socket, and that both give the same answers. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { Case } from "./case.ts"
import { failures } from "./failures.ts"
import { keeping } from "./keeping.ts"
import { predictions } from "./predictions.ts"
import { openService, type Service } from "./services.ts"

const cases: ReadonlyArray<Case> = [...predictions, ...failures, ...keeping]
const places = ["process", "socket"] as const
const answers = new Map(places.map((place) => [place, new Map<string, unknown>()]))

describe.each(places)("the SDK keeps its word on an engine asked by its %s:", (place) => {
  let service: Service | undefined
  beforeAll(async () => {
    service = await openService(place)
  })
  afterAll(() => service?.[Symbol.asyncDispose]())
  for (const { check, name } of cases)
    it(name, { timeout: 120_000 }, async () => {
      if (service === undefined) return assert.fail("the service did not open")
      answers.get(place)?.set(name, await check(service))
    })
})

describe("by its socket as by its process:", () => {
  it.each(cases.map(({ name }) => name))("%s", (name) => {
    assert.deepStrictEqual(answers.get("socket")?.get(name), answers.get("process")?.get(name))
  })
})
