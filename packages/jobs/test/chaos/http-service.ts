// A service over HTTP on 127.0.0.1 that counts how often each input was sent to it.
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/** The service. */
export interface HttpService extends AsyncDisposable {
  readonly url: string
  /** How often each address was sent. */
  readonly sent: ReadonlyMap<string, number>
  /** When each call arrived, in milliseconds of a clock that never goes back. */
  readonly arrivedMs: ReadonlyArray<number>
}

const ok = { code: 10000, description: "Ok" }

/** Starts the service. `latencyMs` is how long each answer takes. */
export const httpService = async (latencyMs: () => number): Promise<HttpService> => {
  const sent = new Map<string, number>()
  const arrivedMs: Array<number> = []
  const server = createServer(async (request, response) => {
    const parts: Array<Buffer> = []
    try {
      for await (const part of request) parts.push(part as Buffer)
    } catch {
      return // the client was killed before its request had arrived
    }
    const { inputs } = JSON.parse(Buffer.concat(parts).toString()) as {
      readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { readonly url: string } } }>
    }
    arrivedMs.push(performance.now())
    for (const { data } of inputs) sent.set(data.image.url, (sent.get(data.image.url) ?? 0) + 1)
    await sleep(latencyMs())
    const outputs = inputs.map((input) => ({
      status: ok,
      input,
      data: { concepts: [{ id: "c", name: input.data.image.url, value: 0.5 }] }
    }))
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify({ status: ok, outputs }))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    arrivedMs,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
}
