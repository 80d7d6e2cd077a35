// A service for tests: answers predictions of addresses, and counts how often each input was sent to it.
import { fakeConnection, type FakeConnection } from "@sightline/core/testing"

/** What the service does with an input, by its address. */
export type Behave = (url: string) => "answer" | "refuse"

interface WireInput {
  readonly id?: string
  readonly data: { readonly image?: { readonly url?: string } }
}

const ok = { code: 10000, description: "Ok" }

/** The service, and what it was sent. */
export interface CountingService {
  readonly connection: FakeConnection
  /** How often each address was sent. */
  readonly sent: ReadonlyMap<string, number>
}

/** A connection that counts. `before` is called with the addresses of each call, and may wait. */
export const countingService = (
  options: { readonly behave?: Behave; readonly before?: (urls: ReadonlyArray<string>) => Promise<void> } = {}
): CountingService => {
  const { before, behave = () => "answer" } = options
  const sent = new Map<string, number>()
  const connection = fakeConnection(async ({ body }) => {
    const { inputs } = body as { readonly inputs: ReadonlyArray<WireInput> }
    const urls = inputs.map(({ data }) => data.image?.url ?? "")
    for (const url of urls) sent.set(url, (sent.get(url) ?? 0) + 1)
    await before?.(urls)
    const outputs = inputs.map((input, i) =>
      behave(urls[i] ?? "") === "answer"
        ? { status: ok, input, data: { concepts: [{ id: "c", name: urls[i], value: 0.5 }] } }
        : { status: { code: 30002, description: "Failed to download" }, input }
    )
    const mixed = outputs.some(({ status }) => status.code !== 10000)
    return { status: mixed ? { code: 10010, description: "Mixed" } : ok, outputs }
  })
  return { connection, sent }
}

/** Addresses of a number of inputs. */
export const addresses = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `https://example.com/${i}.jpg`)
