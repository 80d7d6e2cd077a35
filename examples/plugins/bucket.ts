// A source over a listing in pages, read as answers are taken. An entry without an address fails alone.
import { definePlugin, invalidInput, sourceOfMany, toMedia } from "@sightline/core/plugin"
import { Data } from "effect"

export class NoAddress extends Data.TaggedError("NoAddress")<{ readonly entry: string }> {}

interface Page {
  readonly entries: ReadonlyArray<{ readonly name: string; readonly url?: string }>
  readonly next?: string
}

async function* list(first: string) {
  for (let page: string | undefined = first; page !== undefined;) {
    const { entries, next } = (await (await fetch(page)).json()) as Page // the bucket's own form
    for (const { name, url } of entries)
      yield url === undefined ? invalidInput(new NoAddress({ entry: name })) : toMedia("image", url, { key: name })
    page = next
  }
}

export const bucket = () =>
  definePlugin({
    name: "bucket",
    version: 1,
    sources: { bucket: (url: string) => sourceOfMany("bucket", [url], () => list(url), { replayable: false }) }
  })
