/** The SDK's contract, shown on an engine asked by its process, over HTTP and over gRPC, and on recorded answers of the first. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { Case } from "./case.ts"
import { failures } from "./failures.ts"
import { keeping } from "./keeping.ts"
import { predictions } from "./predictions.ts"
import { openService, replayService, type Service } from "./services.ts"

const cases: ReadonlyArray<Case> = [...predictions, ...failures, ...keeping]
const places = ["process", "socket", "grpc", "record"] as const
type Place = (typeof places)[number]

const answers = new Map(places.map((place) => [place, new Map<string, unknown>()]))
let exchanges: Service["exchanges"] = []

const show = (place: Place, shown: ReadonlyArray<Case>, open: () => Promise<Service>) =>
  describe(`the SDK keeps its word on an engine's ${place}:`, () => {
    let service: Service | undefined
    beforeAll(async () => {
      service = await open()
    })
    afterAll(() => service?.[Symbol.asyncDispose]())
    for (const { check, name } of shown)
      it(name, { timeout: 120_000 }, async () => {
        if (service === undefined) return assert.fail("the service did not open")
        answers.get(place)?.set(name, await check(service))
        if (place === "process" && shown.at(-1)?.name === name) exchanges = [...service.exchanges]
      })
  })

show("process", cases, () => openService("process"))
show("socket", cases, () => openService("socket"))
show("grpc", cases, () => openService("grpc"))
show("record", predictions, () => Promise.resolve(replayService(exchanges)))

describe.each([
  ["socket", cases],
  ["grpc", cases],
  ["record", predictions]
] as const)("the answers of the process are those of the %s:", (place, shown) => {
  it.each(shown.map(({ name }) => name))("%s", (name) => {
    assert.deepStrictEqual(answers.get(place)?.get(name), answers.get("process")?.get(name))
  })
})
