/** Measures the memory of one live stream of many inputs. */
import { assert } from "@effect/vitest"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { sightline } from "@sightline/core"
import { type Call, llm, outputOf, over, responseOf, serve, text } from "./fake-service.ts"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void // what the flag defines

/** Runs one stream of `count` inputs; memory after a tenth of them and after all. */
export const memoryOver = async (count: number) => {
  let calls = 0
  let [open, most] = [0, 0]
  using service = await serve((call: Call) => {
    calls++
    call.on("data", (bytes: Uint8Array) => {
      most = Math.max(most, ++open)
      setImmediate(() => {
        open--
        call.write(responseOf(outputOf(bytes)))
      })
    })
    call.on("end", () => call.end())
  })
  await using connection = over(service.address)
  function* inputs() {
    for (let i = 0; i < count; i++) yield text(`t${i}`)
  }
  const chain = sightline(connection).inputs(inputs()).predict(llm)
  let [early, read] = [0, 0]
  for await (const outcome of chain.stream({ live: "wait", concurrency: 8 })) {
    assert.isTrue(outcome.ok && outcome.index === read && outcome.value.text === `T${read}`)
    if (++read === Math.floor(count / 10)) {
      collectGarbage()
      early = process.memoryUsage().heapUsed
    }
  }
  collectGarbage()
  return { read, calls, most, early, late: process.memoryUsage().heapUsed }
}
