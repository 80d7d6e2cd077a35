/** Records the calls of a connection and replays their responses: tests with real responses and without the service. */
import type { FakeConnection } from "./fake-connection.ts"
import { fakeConnection } from "./fake-connection.ts"

/** A call and its response, as JSON. */
export interface Exchange {
  readonly request: {
    readonly method: string
    /** The path with its query. */
    readonly path: string
    /** Compared if present; if absent, any body matches. */
    readonly body?: unknown
  }
  readonly response: {
    readonly status: number
    readonly body: unknown
    readonly headers?: Readonly<Record<string, string>>
  }
}

/** A connection that replays exchanges. */
export interface RecordedConnection extends FakeConnection {
  /** The exchanges that have not been replayed yet. */
  readonly unused: () => ReadonlyArray<Exchange>
}

/** The same value with sorted keys, so that bodies can be compared as text. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)])
  )
}

const textOf = (value: unknown): string => JSON.stringify(canonical(value))

/**
 * A connection that replays recorded responses. Equal calls are answered in recorded order.
 *
 * A call that was not recorded is answered with HTTP 404 and a message that lists the remaining calls.
 */
export const recordedConnection = (exchanges: ReadonlyArray<Exchange>): RecordedConnection => {
  let left = [...exchanges]
  const connection = fakeConnection((call) => {
    const found = left.find(
      ({ request }) =>
        request.method === call.method &&
        request.path === call.path &&
        (request.body === undefined || textOf(request.body) === textOf(call.body))
    )
    if (found === undefined) {
      const others = left.map(({ request }) => `${request.method} ${request.path}`).join(", ")
      return Response.json(
        {
          status: {
            code: 11101,
            description: "Not recorded",
            details: `this ${call.method} was not recorded; left are: ${others || "none"}`
          }
        },
        { status: 404 }
      )
    }
    left = left.filter((exchange) => exchange !== found)
    const { body, headers = {}, status } = found.response
    return typeof body === "string" ? new Response(body, { status, headers }) : Response.json(body, { status, headers })
  })
  return Object.assign(connection, { unused: () => left })
}

/** A connection that forwards calls and records them with their responses, for {@link recordedConnection}. */
export const recording = <
  C extends { readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response> }
>(
  connection: C
): C & { readonly exchanges: ReadonlyArray<Exchange> } => {
  const exchanges: Array<Exchange> = []
  return {
    ...connection,
    exchanges,
    fetch: async (input: Request | string | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      const sent = await request.clone().text()
      const response = await connection.fetch(request)
      const text = await response.clone().text()
      const url = new URL(request.url)
      exchanges.push({
        // headers are omitted: they contain the key
        request: {
          method: request.method,
          path: `${url.pathname}${url.search}`,
          ...(sent === "" ? {} : { body: JSON.parse(sent) as unknown })
        },
        response: { status: response.status, body: parsed(text) }
      })
      return response
    }
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
