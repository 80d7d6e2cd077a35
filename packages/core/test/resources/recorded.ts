// A service on 127.0.0.1 that knows one answer, and remembers how it was asked.
import { createServer } from "node:http"
import { dataPath } from "@sightline/fixtures"
import { readFileSync } from "node:fs"
import { clarifai, sightline } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"

export interface Exchange {
  readonly name: string
  readonly client: string
  readonly method: string | null
  readonly path: string | null
  readonly request?: string
  readonly response?: string
  readonly statusCode: number | null
  readonly outputStatusCodes?: ReadonlyArray<number>
}

export interface Asked {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly authorization: string | undefined
}

/** The HTTP status that goes with a status number of the recordings. */
const httpOf = (code: number | null): number =>
  code === 10000 ? 200 : code === 10010 ? 207 : code === 11001 ? 401 : 400

/** Starts a service that gives the recorded answer to every call; `use` gets an app for it. */
export const replay = async <A>(
  exchange: Exchange,
  use: (app: ReturnType<typeof appFor>) => Promise<A>
): Promise<{ readonly answer: A; readonly asked: ReadonlyArray<Asked> }> => {
  const asked: Array<Asked> = []
  const body = readFileSync(dataPath("wire", exchange.response ?? ""))
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString()
      const url = new URL(request.url ?? "", "http://localhost")
      asked.push({
        method: request.method ?? "",
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        body: text === "" ? undefined : JSON.parse(text),
        authorization: request.headers.authorization
      })
      response.writeHead(httpOf(exchange.statusCode), { "content-type": "application/json; charset=UTF-8" }).end(body)
    })
  })
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
  const address = server.address()
  const port = typeof address === "object" ? address?.port : undefined
  const app = appFor(`http://127.0.0.1:${port}`)
  try {
    return { answer: await use(app), asked }
  } finally {
    await app[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  }
}

const appFor = (baseUrl: string) =>
  sightline(clarifai({ apiKey: "recorded-key", baseUrl, rate: { perSecond: Infinity } })).use(resources())

/**
 * A request's meaning: where options are written (two places, one meaning), what is empty, and how a page is asked for
 * (in the query by the first clients, in the body today) make no difference to a service.
 */
export const meaningOf = (body: unknown): unknown => {
  if (Array.isArray(body)) return body.map(meaningOf)
  if (typeof body !== "object" || body === null) return body
  const entries = Object.entries(body).flatMap(([key, value]): ReadonlyArray<readonly [string, unknown]> => {
    if (key === "pagination") return []
    if (key === "model_version") return Object.entries(Object(meaningOf(value)))
    if (key === "model_type_id") return [["type", value]]
    const meaning = meaningOf(value)
    const empty = typeof meaning === "object" && meaning !== null && Object.keys(meaning).length === 0
    return empty && !Array.isArray(meaning) ? [] : [[key, meaning]]
  })
  return Object.fromEntries(entries)
}
