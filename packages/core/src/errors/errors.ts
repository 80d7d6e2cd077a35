/**
 * Every way a call can fail: one class for each decision that a caller can make.
 * All carry what they concern and what the service said; none carries a key, bytes or a place.
 */
import { type About, line, tagged } from "./error-message.ts"

export type { About }

/** The service does not accept the credential. */
export class Unauthorized extends tagged("Unauthorized")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "the credential was not accepted", "check the key and that it belongs to this user and app")
  }
}

/** The credential is valid but may not do this. */
export class Forbidden extends tagged("Forbidden")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "not allowed", "give the key the scopes it needs, or use another app")
  }
}

/** A plan, quota or billing limit is used up; waiting a little does not help. */
export class QuotaExceeded extends tagged("QuotaExceeded")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "the account's limit is reached", "see the account's plan and billing")
  }
}

/** The service refused for now. `retryAfterMs`: how long it asked us to wait, in milliseconds. */
export class RateLimited extends tagged("RateLimited")<
  About & {
    readonly retryAfterMs?: number
  }
> {
  readonly retryable: boolean = true
  override get message() {
    const wait = this.retryAfterMs === undefined ? "later" : `after ${this.retryAfterMs} ms`
    return line(this, "too many requests", `try again ${wait}, or lower rate.perSecond`)
  }
}

/** The model, input, workflow or path named in the call does not exist, or this credential cannot see it. */
export class NotFound extends tagged("NotFound")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "not found", "check the id, its owner and the app")
  }
}

/** The model exists but cannot answer now: untrained, being deployed, loading or busy. */
export class ModelNotReady extends tagged("ModelNotReady")<
  About & {
    /** True when it becomes ready without action. */
    readonly willBeReady: boolean
  }
> {
  get retryable(): boolean {
    return this.willBeReady
  }
  override get message() {
    return line(this, "the model is not ready", this.willBeReady ? "try again later" : "train or deploy it first")
  }
}

/** The remedy, unless the service's reason has one: this package's engine writes it behind a semicolon. */
const unlessSaid = ({ description, details = description }: About, remedy: string) =>
  details?.includes("; ") ? undefined : remedy

const inputRemedies: Readonly<Record<number, string>> = {
  30300: "check that it is whole",
  30101: "send it in a format that the service supports",
  30104: "send the kind of medium that the model takes, alone",
  30105: "send less of it, or ask the service for a higher limit",
  30106: "correct its address"
}

/** This input cannot be used: not reachable, not decodable, too large, or of a format that is not supported. */
export class InputRejected extends tagged("InputRejected")<
  About & {
    readonly retryable: boolean
  }
> {
  override get message() {
    const remedy = inputRemedies[this.code ?? 0] ?? "check that it is reachable and whole"
    return line(this, "the input was rejected", unlessSaid(this, remedy))
  }
}

/** The request itself is wrong: an option, a concept's name, or its form. */
export class InvalidRequest extends tagged("InvalidRequest")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "the request is not valid", "correct the options named here")
  }
}

/** The id is already in use, or the resource already exists. */
export class Conflict extends tagged("Conflict")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "already there", "use another id, or the existing one")
  }
}

/** The service accepted the work and has not finished it; sending it again would do it twice. */
export class StillPending extends tagged("StillPending")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "the work is not finished yet", "ask for its state later; do not send it again")
  }
}

/** Training, evaluation or export ended without a result. */
export class TrainingFailed extends tagged("TrainingFailed")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "training failed", "see the reason, correct the examples or parameters and train again")
  }
}

/** The service is overloaded, restarting or under maintenance; the work was not done. */
export class ServiceUnavailable extends tagged("ServiceUnavailable")<
  About & {
    readonly retryAfterMs?: number
    /** The HTTP status, when the answer had no protocol status. */
    readonly httpStatus?: number
  }
> {
  readonly retryable: boolean = true
  override get message() {
    return line(this, "the service is not available now", "try again later")
  }
}

/** Failures inside a model, which the same call meets again: what happened, and what to do. */
const modelFailures: Readonly<Record<number, readonly [string, string]>> = {
  21313: ["the model failed", "change the input or its parameters, or use another model"],
  21350: ["the model could not be loaded", "repair or deploy it first"]
}

/** The service or a model failed inside; whether the work was done is not known. */
export class ServiceFailed extends tagged("ServiceFailed")<
  About & {
    readonly httpStatus?: number
  }
> {
  readonly retryable: boolean = false
  override get message() {
    const ofModel = modelFailures[this.code ?? 0]
    if (ofModel !== undefined) return line(this, ofModel[0], unlessSaid(this, ofModel[1]))
    const http = this.httpStatus === undefined ? "" : ` with HTTP ${this.httpStatus}`
    return line(this, `the service failed${http}`, "try again knowing that the work may have been done")
  }
}

/** A status number that this version does not know. */
export class UnknownStatus extends tagged("UnknownStatus")<About> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, "a status this version does not know", "see the service's documentation or update the package")
  }
}

/** No answer arrived. `sent` says whether the request may have reached the service. */
export class Unreachable extends tagged("Unreachable")<
  About & {
    /** Where the call went: origin only. */
    readonly origin?: string
    readonly reason: string
    /** False when the request certainly never left: trying again is safe. */
    readonly sent: boolean
    /** True for a lasting cause, such as a certificate that is not accepted. */
    readonly lasting?: boolean
    /** True when the connection itself could not be opened; `reason` is then its own sentence, with its own remedy. */
    readonly refused?: boolean
    readonly cause: unknown
  }
> {
  get retryable(): boolean {
    return !this.sent && this.lasting !== true
  }
  override get message() {
    if (this.refused === true) return line(this, this.reason)
    const to = this.origin === undefined ? "the service" : this.origin
    return line(
      this,
      `no answer from ${to} (${this.reason})`,
      this.sent ? "the work may have been done; check before sending it again" : "check the address and the network"
    )
  }
}

/**
 * A deadline passed: that of one attempt, or that of the whole run. `answers` holds what predictions had given for this
 * input by then, first to last, where a later step took too long; of `all`, the answers by the models' names.
 *
 * `answers` is in no JSON and no print of the error: answers may hold bytes and what private pictures show.
 */
export class TimedOut extends tagged("TimedOut")<
  About & {
    /** Whose deadline it is: of one attempt, of the run, or of one input (`.timeout(..)`). */
    readonly what: "attempt" | "run" | "input"
    readonly timeoutMs: number
  }
> {
  readonly retryable: boolean = false
  readonly #answers: ReadonlyArray<unknown>
  constructor({
    answers = [],
    ...fields
  }: About & {
    readonly what: TimedOut["what"]
    readonly timeoutMs: number
    readonly answers?: ReadonlyArray<unknown>
  }) {
    super(fields)
    this.#answers = answers
  }
  /** What was answered before the deadline; empty where nothing was. */
  get answers(): ReadonlyArray<unknown> {
    return this.#answers
  }
  override get message() {
    return line(
      this,
      `no answer within ${this.timeoutMs} ms (deadline of the ${this.what})`,
      this.#answers.length === 0
        ? "raise the deadline; the work may have been done"
        : "raise the deadline; what was answered before it is in the error's answers"
    )
  }
}

/** An answer arrived that is not what the protocol promises: not JSON, cut short, or with parts missing. */
export class MalformedAnswer extends tagged("MalformedAnswer")<
  About & {
    readonly httpStatus?: number
    readonly problem: string
    /** What to do, where that is not the usual. */
    readonly advice?: string
  }
> {
  readonly retryable: boolean = false
  override get message() {
    const http = this.httpStatus === undefined ? "" : ` (HTTP ${this.httpStatus})`
    const cut = /^it (?:broke off|ended)|ends in the middle/.test(this.problem)
    return line(
      this,
      `the answer cannot be read${http}: ${this.problem}`,
      this.advice ??
        (cut ? "what came before stands; the work may have been done" : "check that the base URL is the service's")
    )
  }
}

/**
 * The next call would exceed the budget of the run or the job, so it was not made. `answers` holds what predictions had
 * given for this input by then, first to last.
 *
 * `answers` is in no JSON and no print of the error: answers may hold bytes and what private pictures show.
 */
export class BudgetSpent extends tagged("BudgetSpent")<
  About & {
    /** Which limit would be exceeded. */
    readonly limit: "calls" | "usd" | "ms"
    /** The value of the limit. */
    readonly budget: number
    /** The job whose budget it is. */
    readonly job?: string
  }
> {
  readonly retryable: boolean = false
  readonly #answers: ReadonlyArray<unknown>
  constructor({
    answers = [],
    ...fields
  }: About & {
    readonly limit: BudgetSpent["limit"]
    readonly budget: number
    readonly job?: string
    readonly answers?: ReadonlyArray<unknown>
  }) {
    super(fields)
    this.#answers = answers
  }
  /** What was answered before; empty where nothing was. */
  get answers(): ReadonlyArray<unknown> {
    return this.#answers
  }
  override get message() {
    return line(
      this,
      `the budget of ${this.budget} ${this.limit} is spent`,
      this.job === undefined ? "run what is left with a new one" : `resume job ${this.job} with a larger one`
    )
  }
}

/** A medium could not be read here, before anything was sent. */
export class MediaUnreadable extends tagged("MediaUnreadable")<
  About & {
    readonly media: string
    readonly problem: string
  }
> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, `cannot use ${this.media}: ${this.problem}`, "nothing was sent for it")
  }
}

/** An option's value is outside its accepted range; nothing was sent. */
export class InvalidOption extends tagged("InvalidOption")<
  About & {
    readonly option: string
    readonly problem: string
  }
> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, `${this.option} ${this.problem}`, "nothing was sent")
  }
}

/** A setting that a call needs is missing or cannot be used. */
export class NotConfigured extends tagged("NotConfigured")<
  About & {
    readonly setting: string
    readonly problem: string
  }
> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, `${this.setting}: ${this.problem}`, "nothing was sent")
  }
}

/** The iterable or stream that gives the inputs failed; every outcome before it stands. */
export class SourceFailed extends tagged("SourceFailed")<
  About & {
    readonly problem: string
    readonly cause: unknown
  }
> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, `the source of inputs failed: ${this.problem}`, "outcomes before this one stand")
  }
}

/**
 * A function given to `map`, `tap`, `when` or `orElse` threw, or its promise was rejected; or a plugin's step threw while
 * many inputs were at work. `cause` is what it threw.
 */
export class StepFailed extends tagged("StepFailed")<
  About & {
    /** The step that failed, or that the function was given to. */
    readonly step: string
    readonly problem: string
    readonly cause: unknown
  }
> {
  readonly retryable: boolean = false
  override get message() {
    return line(this, `the step ${this.step} failed: ${this.problem}`, "other inputs go on without this one")
  }
}

/** A plugin does not fit: a name taken twice, a requirement missing, or a hook that cannot run. */
export class PluginError extends tagged("PluginError")<{
  readonly plugin: string
  readonly problem: string
}> {
  readonly retryable: boolean = false
  override get message() {
    return `plugin ${this.plugin}: ${this.problem}`
  }
}

/** Everything that a wire call may fail with. */
export type CallError =
  | Unauthorized
  | Forbidden
  | QuotaExceeded
  | RateLimited
  | NotFound
  | ModelNotReady
  | InputRejected
  | InvalidRequest
  | Conflict
  | StillPending
  | TrainingFailed
  | ServiceUnavailable
  | ServiceFailed
  | UnknownStatus
  | Unreachable
  | TimedOut
  | MalformedAnswer
  | NotConfigured

/** Everything that one input's prediction may fail with. */
export type PredictError = CallError | MediaUnreadable | InvalidOption

/**
 * Some of the models of `all(..)` answered and others did not. `answers` holds what came, by the models' names, and
 * `failures` why the others have none. Not `retryable`, since a repeat would ask the models that answered again.
 *
 * `answers` is in no JSON and no print of the error: answers may hold bytes and what private pictures show.
 */
export class PartlyAnswered<out A extends object = Readonly<Record<string, unknown>>> extends tagged("PartlyAnswered")<
  About & { readonly failures: Readonly<Record<string, PredictError>> }
> {
  readonly retryable: boolean = false
  readonly #answers: Partial<A>
  constructor({
    answers,
    ...fields
  }: About & { readonly answers: Partial<A>; readonly failures: Readonly<Record<string, PredictError>> }) {
    super(fields)
    this.#answers = answers
  }
  /** What was answered, by the names that the models were given; a member for each that answered. */
  get answers(): Partial<A> {
    return this.#answers
  }
  override get message() {
    const failed = Object.entries(this.failures).map(([name, error]) => `${name} (${error._tag})`)
    return line(
      this,
      `answered by ${Object.keys(this.#answers).join(", ")} and not by ${failed.join(", ")}`,
      "use its answers, and predict with the failed models alone"
    )
  }
}

/** Every tagged error of this package. */
export type SightlineError = PredictError | PartlyAnswered | BudgetSpent | SourceFailed | StepFailed | PluginError
