/** Searches in inputs: by annotations, and by visual similarity. */
import { StatusCode } from "@sightline/core/status"
import type { AnnotationWire, InputWire, OutputWire, PostSearchesRequestWire, QueryWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { toVector } from "../store/vector-bytes.ts"
import { predictHead } from "../learning/head.ts"
import { Heads } from "../models/custom.ts"
import { newId } from "../protocol/ids.ts"
import { type ConceptMessage, type InputMessage, mediumOf, readConcepts, readInput } from "../protocol/input.ts"
import { answer, type Call, type Caller, type Handler, readPage } from "../protocol/request.ts"
import { parseIds, parseKept } from "../protocol/resources.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { ImageEncoder } from "../encoders/image-encoder.ts"
import { nextTurn } from "../yield-to-event-loop.ts"
import { Settings, type SettingsValue } from "../settings.ts"
import { readSource } from "../store/media-source.ts"
import { resolveConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { findEmbedding } from "../store/embedding-table.ts"
import { answerSize, nextSeqs } from "../store/input-listing.ts"
import { annotationsOf, type InputRow, inputBySeq } from "../store/input-table.ts"
import { listModels } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { latestVersion } from "../store/version-table.ts"
import { mustFindInput, showInput } from "./inputs.ts"
import { type GeoFilter, matchesGeo, readGeo } from "./geo-filter.ts"
import { type MetadataMatcher, metadataMatcher } from "./metadata-match.ts"

/** What hits must have, and what ranks them. */
interface Search {
  readonly concepts: ReadonlyArray<ConceptMessage>
  readonly metadata: ReadonlyArray<MetadataMatcher>
  readonly geo: ReadonlyArray<GeoFilter>
  readonly urls: ReadonlyArray<string>
  readonly like: ReadonlyArray<InputMessage>
  /** Concepts that a model of the app predicts (value 1) or does not predict (0) for the image. */
  readonly seen: ReadonlyArray<ConceptMessage>
}

/** The score of an input, 0..1, by its embedding. */
type Ranker = (vector: Float32Array) => number

/** Reads both forms: `ands` of the old clients, `ranks` and `filters` of the new. */
const readSearch = ({ ands = [], filters = [], ranks = [] }: QueryWire, settings: SettingsValue): Search => {
  const most = settings.limits.itemsPerCall
  // A filter may have several conditions, which are counted too; this bounds the reading of them.
  checkConditions(ands.length + filters.length + ranks.length, most)
  const search: Building = { concepts: [], metadata: [], geo: [], urls: [], like: [], seen: [] }
  const metadata: Array<unknown> = []
  for (const { input = {}, output = {} } of ands) {
    readFilter(input, search, metadata)
    readRank(output, output.input ?? {}, search, settings)
  }
  for (const { annotation = {} } of filters) readFilter(annotation, search, metadata)
  for (const { input = {} } of filters) readFilter(input, search, metadata)
  for (const { annotation = {} } of ranks) {
    const { data = {}, id = "" } = annotation
    readRank(annotation, { id, data }, search, settings)
  }
  const { concepts, geo, like, seen, urls } = search
  checkConditions([concepts, geo, like, metadata, seen, urls].flat().length, most)
  if (metadata.length > 0) search.metadata.push(metadataMatcher(...metadata))
  return search
}

/** Every input is compared with every condition, many of them in one turn. */
const checkConditions = (count: number, most: number): void => {
  if (count > most)
    throw wireError(
      StatusCode.SEARCH_INVALID_REQUEST,
      `the search has ${count} conditions; at most ${most} are accepted`
    )
}

type Building = { -readonly [K in keyof Search]: Array<Search[K][number]> }

const readFilter = ({ data = {} }: InputWire | AnnotationWire, search: Building, filters: Array<unknown>): void => {
  for (const concept of readConcepts(data.concepts, "concepts")) search.concepts.push(concept)
  const { geo = {}, image, metadata = {} } = data
  if (Object.keys(metadata).length > 0) filters.push(metadata)
  const place = readGeo(geo)
  if (place !== undefined) search.geo.push(place)
  if (image?.url !== undefined && image.url !== "") search.urls.push(image.url)
}

const readRank = (
  { data }: OutputWire | AnnotationWire,
  given: InputWire,
  search: Building,
  { limits }: SettingsValue
): void => {
  for (const concept of readConcepts(data?.concepts, "concepts")) search.seen.push(concept)
  const input = readInput(given, "input", limits)
  if (input.problem !== undefined) throw input.problem
  if (input.id !== "" || mediumOf(input.data, "image") !== undefined) search.like.push(input)
}

/** Inputs whose numbers are read at once, and how long one turn of a search may take before others get theirs. */
const chunk = 500
const turnMs = 15

interface Hit {
  readonly seq: number
  readonly score: number
}

type Needs = Store | Settings | ImageEncoder | UrlDownloads | Heads

/**
 * Ranks by the cosine of embeddings, and by the scores of the app's newest trained model with a concept; the lowest of these
 * counts. With nothing to rank by: newest first with score 1.
 */
export const searchInputs: Handler<"PostSearches", Needs> = Effect.fn("inputs.search")(function* (
  call: Call<PostSearchesRequestWire>
) {
  const { pagination = {}, query = {}, searches = [] } = call.request
  const settings = yield* Settings
  const { searchTimeoutMs } = settings.limits
  const store = yield* Store
  const search = readSearch(searches[0]?.query ?? query, settings)
  const alike = yield* Effect.forEach(search.like, (input) =>
    Effect.map(
      vectorOf(input, call),
      (target): Ranker =>
        (vector) =>
          Math.max(0, cosine(vector, target))
    )
  )
  const seen = yield* Effect.forEach(search.seen, (concept) => seenBy(concept, call))
  const rankers = [...alike, ...seen]
  const page = readPage(pagination)
  const hits = yield* findHits(call.scope, search, rankers).pipe(
    Effect.timeoutOrElse({
      duration: searchTimeoutMs,
      orElse: () =>
        Effect.fail(
          wireError(
            StatusCode.SEARCH_INVALID_REQUEST,
            `the search took longer than ${searchTimeoutMs} ms; use fewer or simpler filters`
          )
        )
    })
  )
  const ranked = rankers.length === 0 ? hits.toReversed() : hits.toSorted((a, b) => b.score - a.score || b.seq - a.seq)
  const shown = ranked.slice(page.offset, page.offset + page.limit)
  return yield* store.read((db) => {
    const check = answerSize()
    return answer({
      id: newId(),
      hits: shown.flatMap(({ score, seq }) => {
        const row = inputBySeq(db, seq)
        if (row === undefined) return []
        check(row)
        return [{ score, input: showInput(db, row, call) }]
      })
    })
  })
})

/** All inputs that fit, oldest first. Looks at one input at a time, so that memory does not grow with their metadata. */
const findHits = Effect.fnUntraced(function* (
  scope: string,
  search: Search,
  rankers: ReadonlyArray<Ranker>
): Effect.fn.Return<ReadonlyArray<Hit>, WireError, Store | ImageEncoder> {
  const store = yield* Store
  const { id: embedder } = yield* ImageEncoder
  const hits: Array<Hit> = []
  for (let position = 0; ;) {
    const seqs = yield* store.read((db) => nextSeqs(db, scope, position, chunk))
    for (let next = 0; next < seqs.length;) {
      next = yield* store.read((db) => {
        const until = performance.now() + turnMs
        let index = next
        do {
          const row = inputBySeq(db, seqs[index++] ?? 0)
          if (row === undefined || !fits(db, scope, row, search)) continue // deleted meanwhile, or no hit
          const score = rankers.length === 0 ? 1 : scoreOf(db, row, embedder, rankers)
          if (score !== undefined) hits.push({ seq: row.seq, score })
        } while (index < seqs.length && performance.now() < until)
        return index
      })
      yield* Effect.promise(nextTurn)
    }
    position = seqs.at(-1) ?? 0
    if (seqs.length < chunk) return hits
  }
})

const fits = (db: Database, scope: string, row: InputRow, search: Search): boolean => {
  if (row.status !== StatusCode.INPUT_SUCCESS && search.like.length + search.seen.length > 0) return false
  if (search.urls.length > 0 && !search.urls.includes(row.url ?? "")) return false
  if (search.concepts.length > 0) {
    const given = new Map(annotationsOf(db, row.seq).map(({ concept, value }) => [concept, value >= 0.5]))
    if (!search.concepts.every((concept) => given.get(resolveConcept(db, scope, concept)) === concept.value >= 0.5))
      return false
  }
  if (search.metadata.length === 0 && search.geo.length === 0) return true
  const { geo, metadata = {} } = parseKept(row.data)
  return (
    search.metadata.every((matches) => matches(metadata)) &&
    search.geo.every((filter) => matchesGeo(geo?.geo_point, filter))
  )
}

const scoreOf = (db: Database, row: InputRow, embedder: string, rankers: ReadonlyArray<Ranker>): number | undefined => {
  const stored = row.hash === null ? undefined : findEmbedding(db, row.hash, embedder)
  if (stored === undefined) return undefined
  const vector = toVector(stored.vector)
  return Math.min(...rankers.map((rank) => rank(vector)))
}

/** Ranks by the newest trained model of the app that has the concept. */
const seenBy = Effect.fnUntraced(function* (
  concept: ConceptMessage,
  { scope }: Caller
): Effect.fn.Return<Ranker, WireError, Store | ImageEncoder | Heads> {
  const store = yield* Store
  const { id: embedder } = yield* ImageEncoder
  const { id, version } = yield* store.read((db) => {
    const id = resolveConcept(db, scope, concept)
    const versions = listModels(db, scope).map((model) => latestVersion(db, model.seq, true))
    const version = versions.find(
      (row) => row !== undefined && row.embedder === embedder && parseIds(row.concepts).includes(id)
    )
    if (version === undefined)
      throw wireError(
        StatusCode.SEARCH_INVALID_REQUEST,
        `no trained model of this app knows the concept '${id}'; train one, or search by annotated concepts (input, filters)`
      )
    return { id, version: version.seq }
  })
  const heads = yield* Heads
  const head = yield* heads.get(version)
  const index = head.concepts.indexOf(id)
  return (vector) => {
    const score = predictHead(head, vector)[index] ?? 0
    return concept.value >= 0.5 ? score : 1 - score
  }
})

const cosine = (a: Float32Array, b: Float32Array): number => {
  let dot = 0
  let [aa, bb] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / (Math.sqrt(aa * bb) || 1)
}

const vectorOf = Effect.fnUntraced(function* (
  { data, id }: InputMessage,
  caller: Caller
): Effect.fn.Return<Float32Array, WireError, Store | Settings | ImageEncoder | UrlDownloads> {
  const store = yield* Store
  const encoder = yield* ImageEncoder
  const image = mediumOf(data, "image")
  if (image !== undefined) {
    const bytes = yield* readSource("image", image, caller.origin)
    return (yield* Effect.mapError(encoder.embed(bytes), ({ code, details }) => wireError(code, details))).vector
  }
  return yield* store.read((db) => {
    const { hash } = mustFindInput(db, caller.scope, id)
    const stored = hash === null ? undefined : findEmbedding(db, hash, encoder.id)
    if (stored === undefined)
      throw wireError(StatusCode.SEARCH_INVALID_REQUEST, `input '${id}' is not an image that has been processed`)
    return toVector(stored.vector)
  })
})
