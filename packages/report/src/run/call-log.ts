/** Turns the events of a run into its calls: each with its attempts, their times, and the waits between them. */
import type { WireEvent } from "@sightline/core"
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

/** The calls of one run, as its events come. */
export class CallLog {
  readonly #most: number
  readonly #calls = new Map<number, OpenCall>()
  readonly #byRequest = new Map<string, number>()
  readonly #skipped = new Set<number>()
  #began: number | undefined
  #lastMs = 0

  constructor(most: number) {
    this.#most = most
  }
  /** Takes an event that happened now. */
  note(event: WireEvent, nowMs: number): void {
    this.#began ??= nowMs
    const atMs = rounded(nowMs - this.#began)
    this.#lastMs = Math.max(this.#lastMs, atMs)
    if (!("call" in event)) return
    const open = this.#open(event)
    if (open === undefined) return
    if (event.type === "call") open.attempts.push({ startMs: atMs, ms: 0 })
    const attempt = open.attempts.at(-1)
    if (attempt === undefined) return
    switch (event.type) {
      case "answer":
        attempt.ms = rounded(atMs - attempt.startMs)
        attempt.code = event.code
        attempt.httpStatus = event.httpStatus
        if (event.requestId !== undefined) this.#byRequest.set(event.requestId, event.call.id)
        break
      case "failure":
        attempt.ms = rounded(atMs - attempt.startMs)
        attempt.error = event.error._tag
        break
      case "retry":
        attempt.error = event.error._tag
        attempt.retryWaitMs = rounded(event.waitMs)
        break
      case "call":
    }
  }
  #open({ call }: WireEvent & { readonly call: object }): OpenCall | undefined {
    const known = this.#calls.get(call.id)
    if (known !== undefined) return known
    if (this.#calls.size >= this.#most) {
      this.#skipped.add(call.id)
      return undefined
    }
    const { bytes, id, items, method, model, path } = call
    const what = model ?? `${method} ${resourceOf(path)}`
    const opened: OpenCall = { data: { id, what, predicts: model !== undefined, items, bytes }, attempts: [] }
    this.#calls.set(id, opened)
    return opened
  }
  read(): RecordedRun {
    return {
      calls: [...this.#calls.values()].map(({ attempts, data }) => ({
        ...data,
        attempts: attempts.map((one) => ({ ...one }))
      })),
      more: this.#skipped.size,
      durationMs: this.#lastMs,
      byRequest: new Map(this.#byRequest),
      stages: [],
      plugins: []
    }
  }
}
