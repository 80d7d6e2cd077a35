/** Runs in a process of its own, under `--expose-gc`: works, then tells what is left behind. */
import { getEventListeners } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { queryObjects } from "node:v8"
import * as Effect from "effect/Effect"
import { clarifai, models, sightline } from "../../src/index.ts"
import { body, output } from "../faults/answers.ts"

/** What the process tells on its last line. */
export interface SoakReport {
  readonly answered: number
  readonly calls: number
  /** Sockets that the server still holds once the app was disposed of. */
  readonly sockets: number
  /** What keeps the process alive beside the server, by kind. */
  readonly left: ReadonlyArray<string>
  readonly listeners: number
  /** Fibres of Effect that are still reachable; below 0 where they cannot be counted. */
  readonly fibres: number
  /** The heap after a full collection, in bytes: after the first tenth of the work, and at its end. */
  readonly heapEarly: number
  readonly heapLate: number
  readonly peakRss: number
}

const [mode = "calls", count = "1000"] = process.argv.slice(2)
const total = Number(count)

let calls = 0
const server = createServer(async (request, response) => {
  calls++
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) text += chunk
  const { inputs } = JSON.parse(text) as { readonly inputs: ReadonlyArray<unknown> } // our own client's
  // one call in ten is throttled once, one in a hundred breaks off: what they leave behind counts too
  if (mode === "calls" && calls % 100 === 0) return void response.socket?.destroy()
  if (mode === "calls" && calls % 10 === 0)
    return void response.writeHead(429, { "retry-after": "0" }).end(JSON.stringify(body(11005)))
  response.end(
    JSON.stringify(
      body(
        10000,
        inputs.map(() => ({ ...output("x"), input: {} }))
      )
    )
  )
})
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path

const heap = async (): Promise<number> => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}

const app = sightline(clarifai({ pat: "key", userId: "me", appId: "main", baseUrl, rate: { perSecond: Infinity } }))
const { signal } = new AbortController()
let answered = 0
let heapEarly = 0

const urls = function* () {
  for (let i = 0; i < total; i++) yield `https://images.test/${i}.jpg`
}

const oneByOne = async () => {
  const lanes = 16
  const chain = app.input("https://images.test/a.jpg").predict(models.general)
  for (let at = 0; at < total; at += lanes) {
    // each lane has options of its own, so that they do not share calls
    const done = await Promise.all(
      Array.from({ length: lanes }, (_, lane) =>
        app
          .input("https://images.test/a.jpg")
          .top(1 + lane)
          .predict(models.general)
          .result({ signal, timeoutMs: 60_000 })
      )
    )
    answered += done.filter(({ ok }) => ok).length
    if (heapEarly === 0 && at >= total / 10) heapEarly = await heap()
  }
  const stop = new AbortController()
  const given = chain.run({ signal: stop.signal }).catch(() => {})
  stop.abort()
  await given
}

const atOnce = async () => {
  const settled = await Promise.all([...urls()].map((url) => app.input(url).predict(models.general).result()))
  answered = settled.filter(({ ok }) => ok).length
}

const stream = async () => {
  for await (const outcome of app.inputs(urls()).predict(models.general).stream({ signal })) {
    if (outcome.ok) answered++
    if (outcome.index === Math.floor(total / 10)) heapEarly = await heap()
  }
}

await (mode === "calls" ? oneByOne() : mode === "merged" ? atOnce() : stream())
const heapLate = await heap()
await app[Symbol.asyncDispose]()
await new Promise((resolve) => setTimeout(resolve, 200))
const sockets = await new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open)))
// their class is no export, but each of them tells it; this one is counted as well, so the count is seen to work
const one = Effect.runFork(Effect.never)
const fibres = queryObjects(one.constructor, { format: "count" }) - 1
one.interruptUnsafe()
const report: SoakReport = {
  answered,
  calls,
  sockets,
  left: process.getActiveResourcesInfo().filter((kind) => kind !== "TCPServerWrap" && !/Pipe|TTY|FSReq/.test(kind)),
  listeners: getEventListeners(signal, "abort").length,
  fibres,
  heapEarly,
  heapLate,
  peakRss: process.resourceUsage().maxRSS * 1024
}
process.stdout.write(JSON.stringify(report))
server.close()
