/** Where the inputs of a job come from: read page by page while the job is submitted, so that memory stays flat. */
import { createHash } from "node:crypto"
import type { Reference } from "./reference.ts"

/** Inputs in order, and where the next page starts. */
export interface InputPage {
  readonly inputs: ReadonlyArray<Reference>
  /** Given to `pages` when listing continues after these inputs; undefined: it starts again and skips them. */
  readonly cursor?: string
}

/** A source of inputs. */
export interface JobSource {
  /** What it is, as plain data: part of the job's id. */
  readonly description: Readonly<Record<string, unknown>>
  /** Lists the inputs after `cursor`, or all of them. */
  readonly pages: (cursor: string | undefined) => AsyncIterable<InputPage> | Iterable<InputPage>
}

/** Inputs of a page. */
export const pageSize = 1024

/** Cuts inputs into pages. */
export async function* pagesOf(inputs: AsyncIterable<Reference> | Iterable<Reference>): AsyncGenerator<InputPage> {
  let page: Array<Reference> = []
  for await (const input of inputs) {
    page.push(input)
    if (page.length < pageSize) continue
    yield { inputs: page }
    page = []
  }
  if (page.length > 0) yield { inputs: page }
}

/** JSON with the members of objects in the order of their names. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member
  )

/** A hash of plain data: 32 hexadecimal digits. */
export const hashOf = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex").slice(0, 32)

/** Inputs that are in memory: identified by what they are. */
export const listSource = (inputs: ReadonlyArray<Reference>): JobSource => ({
  description: { type: "list", inputs: inputs.length, hash: hashOf(inputs) },
  pages: () => pagesOf(inputs)
})

/** What {@link listing} takes. */
export interface ListingOptions {
  /** Identifies the listing: two with one name are the same source. */
  readonly name: string
  /** The page that starts at `cursor`, or the first one; without a `next` it is the last. */
  readonly page: (
    cursor: string | undefined
  ) => Promise<{ readonly inputs: ReadonlyArray<Reference>; readonly next?: string }>
}

/**
 * Inputs that a service lists page by page, as a bucket or a database does. A submission that was killed continues at
 * the page that it had reached.
 *
 * @example listing({ name: "bucket", page: async (cursor) => ({ inputs: await keysAfter(cursor), next: "…" }) })
 */
export const listing = ({ name, page }: ListingOptions): JobSource => ({
  description: { type: "listing", name },
  pages: async function* (cursor) {
    let at = cursor
    for (;;) {
      const { inputs, next } = await page(at)
      yield next === undefined ? { inputs } : { inputs, cursor: next }
      if (next === undefined) return
      at = next
    }
  }
})
