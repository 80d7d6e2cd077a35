/** Turns the events of a run into its calls: each with its attempts, their times, and the waits between them. */
import type { CallInfo, CallEvent } from "@sightline/core"
import type { AttemptData, CallData, TimeData } from "../document/report-data.ts"

/** The calls of a run so far. */
export interface RecordedRun {
  readonly calls: ReadonlyArray<CallData>
  /** Calls that were not kept. */
  readonly more: number
  /** From the first event to the last, in milliseconds. */
  readonly durationMs: number
  /** Calls by the service's id of their last answer. */
  readonly byRequest: ReadonlyMap<string, number>
  readonly stages: ReadonlyArray<TimeData>
  readonly plugins: ReadonlyArray<TimeData>
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

interface OpenCall {
  readonly data: Omit<CallData, "attempts">
  readonly attempts: Array<Mutable<AttemptData>>
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** The resources that a path names, without ids: `models/versions` of `/v2/users/a/apps/b/models/c/versions`. */
const resourceOf = (path: string): string =>
  path
    .split("/")
    .filter((part, i) => i >= 2 && i % 2 === 0 && part !== "users" && part !== "apps")
    .join("/")

const isPrediction = ({ model, path }: CallInfo): boolean =>
  model !== undefined && /\/(?:outputs|results)(?:\/|$)/.test(path)

/** Times added up by name. */
class TimeSums {
  readonly #sums = new Map<string, Mutable<TimeData>>()
  add(name: string, ms: number): void {
    const sum = this.#sums.get(name) ?? { name, ms: 0, count: 0 }
    this.#sums.set(name, sum)
    sum.ms += ms
    sum.count++
  }
  list(): ReadonlyArray<TimeData> {
    return [...this.#sums.values()].map(({ count, ms, name }) => ({ name, ms: rounded(ms), count }))
  }
}

/** The calls of one run, as its events come. */
export class CallLog {
  readonly #most: number
  readonly #calls = new Map<number, OpenCall>()
  readonly #byRequest = new Map<string, number>()
  readonly #skipped = new Set<number>()
  readonly #stages = new TimeSums()
  readonly #plugins = new TimeSums()
  #began: number | undefined
  #lastMs = 0
  #last: CallEvent | undefined

  constructor(most: number) {
    this.#most = most
  }
  /** Takes an event that happened now. One that comes twice, from a listener and from a plugin, counts once. */
  note(event: CallEvent, nowMs: number): void {
    if (event === this.#last) return
    this.#last = event
    this.#began ??= nowMs
    const atMs = rounded(nowMs - this.#began)
    this.#lastMs = Math.max(this.#lastMs, atMs)
    if (event.type === "stage") this.#noteStage(event)
    else if (event.type !== "drop") this.#noteCall(event, atMs)
  }
  #noteStage({ ms, name, plugin }: CallEvent & { readonly type: "stage" }): void {
    // a hook has the name of its kind, which alone would say little
    this.#stages.add(name.includes(".") || plugin === undefined ? name : `${plugin}.${name}`, ms)
    if (plugin !== undefined) this.#plugins.add(plugin, ms)
  }
  #noteCall(event: Exclude<CallEvent, { readonly type: "stage" | "drop" }>, atMs: number): void {
    const open = this.#open(event.call)
    if (open === undefined) return
    if (event.type === "call") {
      const rateWaitMs = rounded(event.rateWaitMs)
      open.attempts.push({ startMs: atMs, ms: 0, ...(rateWaitMs > 0 ? { rateWaitMs } : {}) })
      return
    }
    const attempt = open.attempts.at(-1)
    if (attempt === undefined) return
    if (event.type === "retry") {
      attempt.error = event.error._tag
      attempt.retryWaitMs = rounded(event.waitMs)
      return
    }
    attempt.ms = Math.max(0, rounded(atMs - attempt.startMs))
    if (event.type === "failure") attempt.error = event.error._tag
    else {
      attempt.code = event.code
      attempt.httpStatus = event.httpStatus
      if (event.requestId !== undefined) this.#byRequest.set(event.requestId, event.call.id)
    }
  }
  #open(call: CallInfo): OpenCall | undefined {
    const known = this.#calls.get(call.id)
    if (known !== undefined) return known
    if (this.#calls.size >= this.#most) {
      this.#skipped.add(call.id)
      return undefined
    }
    const { after, bytes, id, items, method, model, path } = call
    const predicts = isPrediction(call)
    const what = predicts && model !== undefined ? model : `${method} ${resourceOf(path)}`
    const data = { id, what, predicts, items, bytes, ...(after === undefined ? {} : { parent: after }) }
    const opened: OpenCall = { data, attempts: [] }
    this.#calls.set(id, opened)
    return opened
  }
  read(): RecordedRun {
    return {
      calls: [...this.#calls.values()].map(({ attempts, data }) => ({
        ...data,
        attempts: attempts.map((attempt) => this.#ended(attempt))
      })),
      more: this.#skipped.size,
      durationMs: this.#lastMs,
      byRequest: new Map(this.#byRequest),
      stages: this.#stages.list(),
      plugins: this.#plugins.list()
    }
  }
  /** An attempt that has had no end lasts until now. */
  #ended(attempt: AttemptData): AttemptData {
    return attempt.code !== undefined || attempt.error !== undefined
      ? { ...attempt }
      : { ...attempt, ms: rounded(this.#lastMs - attempt.startMs), error: "Unanswered" }
  }
}
