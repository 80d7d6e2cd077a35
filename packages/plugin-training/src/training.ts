/** The builder of a training: immutable, and run as a Promise, a stream, an Effect or in the background. */
import { type Host, InvalidOption, iterate, type Json, run, type RunResult, settle } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { conceptName } from "./examples/concept-name.ts"
import type { Examples } from "./examples/example.ts"
import type { Journal } from "./journal/journal.ts"
import { lastTraining, openTraining } from "./journal/training-record.ts"
import { type Artifacts, discard, type DiscardOptions, findArtifacts } from "./lifecycle/artifacts.ts"
import { reportTraining, type TrainingReporter } from "./lifecycle/report-training.ts"
import { runTraining } from "./lifecycle/run-training.ts"
import type { TrainingEvent } from "./lifecycle/training-event.ts"
import type { Policy, TrainingSpec } from "./request/training-spec.ts"
import type { TrainError } from "./result/train-error.ts"
import type { TrainedModel } from "./result/trained-model.ts"

/** Whether a finished training is repeated. */
export interface AgainOptions {
  /**
   * Trains a new version even if the same training (model, examples, concepts and settings) is finished and its version
   * exists. A run with `again` that is killed after its last step and before it returns cannot be distinguished from
   * a new request: the same call then trains once more.
   *
   * @default false
   */
  readonly again?: boolean
}

/** Options of a training that runs as an Effect. */
export interface EffectOptions extends AgainOptions {
  /** Called with each event; what it throws is ignored. */
  readonly onEvent?: (event: TrainingEvent) => void
  /**
   * Reports the training when it is finished, such as `trainingReport("pets.html")` of `@sightline/report`. If it fails,
   * the run fails with `ReportFailed`; the model is trained, and the same call returns it.
   */
  readonly report?: TrainingReporter
}

/** Options of a training that runs as a Promise. */
export interface TrainOptions extends EffectOptions {
  /** Aborting stops uploading and waiting. The service keeps what it has, and the same call continues from there. */
  readonly signal?: AbortSignal
}

/** A training that runs in the background. */
export interface Started<N extends string> {
  /** The training's id, as `app.training(id)` takes it. */
  readonly id: string
  /** Waits for the result. */
  readonly done: () => Promise<TrainedModel<N>>
  /**
   * Stops uploading and waiting, and resolves with the training's artifacts; with none if it has finished. The artifacts
   * stay, and the same call continues from them, unless `discard` is given.
   */
  readonly stop: (options?: StopOptions) => Promise<Artifacts>
}

/** Options of {@link Started.stop}. */
export interface StopOptions {
  /** Deletes the version, which ends its training on the service, and the inputs if that is asked for. */
  readonly discard?: DiscardOptions
}

const show = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value))

/** A listener whose errors are ignored: a broken progress bar must not end a training. */
const ignoreErrors =
  (listener: (event: TrainingEvent) => unknown) =>
  (event: TrainingEvent): void => {
    try {
      listener(event)
    } catch {
      // see above
    }
  }

const signalOption = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal })

/**
 * A training that is not running yet. Immutable: each method returns a new one. It is an Effect, and has `run`, `result`,
 * `stream` and `start`. `N`: the names of its concepts.
 *
 * Without `examples` it learns from the labelled inputs that the app has.
 */
export class Training<N extends string> extends Effectable.Class<TrainedModel<N>, TrainError> {
  readonly #host: Host
  readonly #journal: Journal
  readonly #spec: TrainingSpec
  constructor(host: Host, journal: Journal, spec: TrainingSpec) {
    super()
    this.#host = host
    this.#journal = journal
    this.#spec = Object.freeze(spec)
  }
  #with(change: Partial<TrainingSpec>): Training<N> {
    return new Training(this.#host, this.#journal, { ...this.#spec, ...change })
  }
  #invalid(option: string, problem: string): never {
    throw new InvalidOption({ model: this.#spec.id, option, problem })
  }
  /**
   * The concepts to learn. Their names become the type of the model's answers. Names in decomposed Unicode are composed
   * (NFC).
   *
   * @default the names of the sub-folders, if the examples are a {@link folder}
   */
  concepts<const C extends ReadonlyArray<string>>(...concepts: C): Training<C[number]> {
    // Callers without types may pass something else, which the run reports.
    const names = concepts.map((name: unknown) => (typeof name === "string" ? conceptName(name) : name) as string)
    return new Training(this.#host, this.#journal, { ...this.#spec, concepts: names })
  }
  /**
   * The examples to learn from: {@link folder}, {@link manifest}, an array, or any iterable.
   *
   * Examples are identified by their content: what the service has is not sent again, only its labels are corrected.
   * The service learns from all labelled inputs of its app, also from those of earlier trainings.
   */
  examples(examples: Examples): Training<N> {
    return this.#with({ examples })
  }
  /** Declares that each image shows exactly one of the concepts: the scores sum to 1. */
  mutuallyExclusive(): Training<N> {
    return this.#with({ mutuallyExclusive: true })
  }
  /** Declares that each future image shows one of the concepts: the service adds no negative examples. */
  closedEnvironment(): Training<N> {
    return this.#with({ closedEnvironment: true })
  }
  /** The service's own training parameters. Several calls are merged. */
  params(params: Readonly<Record<string, Json>>): Training<N> {
    return this.#with({ params: { ...this.#spec.params, ...params } })
  }
  /** Makes the training reproducible, if the service supports it: equal seeds and examples give equal models. */
  seed(seed: number): Training<N> {
    return this.params({ seed })
  }
  /**
   * Holds out a share of each concept's examples, and evaluates the new and the previous version on them. Examples that
   * the service has already are never held out, because it learns from them.
   *
   * @param share from 0 to below 1
   * @default 0
   * @throws InvalidOption for any other number
   */
  holdout(share: number): Training<N> {
    if (!(typeof share === "number" && share >= 0 && share < 1))
      this.#invalid("holdout", `is ${show(share)}; it must be a share from 0 to below 1, such as 0.2 for 20 %`)
    return this.#with({ holdout: share })
  }
  /** Fails with `BadExamples` if any example cannot be used, instead of leaving it out. */
  strict(): Training<N> {
    return this.#with({ strict: true })
  }
  /**
   * The deadline of a run in milliseconds. The service continues after it.
   *
   * @default 21600000 (six hours)
   * @throws InvalidOption if `ms` is not a number above 0
   */
  timeout({ ms }: { readonly ms: number }): Training<N> {
    if (!(typeof ms === "number" && ms > 0))
      this.#invalid("timeout", `is ${show(ms)}; it must be a number of milliseconds above 0`)
    return this.#with({ timeoutMs: ms })
  }
  /**
   * Keeps the new version only if this returns true for its evaluation and that of the previous version. Requires
   * `holdout`. A rejected version is deleted, unless it is the only one.
   */
  promoteWhen(isBetter: Policy): Training<N> {
    return this.#with({ promoteWhen: isBetter })
  }
  /** What the last training of this model has created on the service, and what of it still exists. */
  artifacts({ signal }: Pick<TrainOptions, "signal"> = {}): Promise<Artifacts> {
    return run(findArtifacts(this.#host, this.#journal, this.#spec.id, lastTraining), signalOption(signal))
  }
  /**
   * Deletes the version of the last training, which ends it, and with `inputs` also the inputs that it has uploaded. The
   * model is deleted too if this training has created it and it has no other version. Resolves with what still exists.
   */
  discard(options: DiscardOptions = {}): Promise<Artifacts> {
    return run(discard(this.#host, this.#journal, this.#spec.id, options, lastTraining))
  }
  #effect({ again = false, onEvent = () => {}, report }: EffectOptions): Effect.Effect<TrainedModel<N>, TrainError> {
    const run = (onEvent: (event: TrainingEvent) => void) =>
      // The spec's concepts are the names of N.
      runTraining(this.#host, this.#journal, this.#spec, { again, onEvent }) as Effect.Effect<
        TrainedModel<N>,
        TrainError
      >
    const listener = ignoreErrors(onEvent)
    return report === undefined ? run(listener) : reportTraining(this.#spec, report, listener, run)
  }
  override asEffect(options: EffectOptions = {}): Effect.Effect<TrainedModel<N>, TrainError> {
    return this.#effect(options)
  }
  /**
   * Runs the training. Rejects with the typed error itself, or with `signal.reason`. No work is done twice: a training
   * that is finished gives the same result, unless `again` is true or its version was deleted.
   */
  run({ signal, ...options }: TrainOptions = {}): Promise<TrainedModel<N>> {
    return run(this.#effect(options), signalOption(signal))
  }
  /** Runs the training; typed errors are returned as values. */
  result({ signal, ...options }: TrainOptions = {}): Promise<RunResult<TrainedModel<N>, TrainError>> {
    return settle(this.#effect(options), signalOption(signal))
  }
  /** Runs the training and yields its events. The loop ends when the model is ready, and throws the typed error. */
  stream({ again = false, signal }: Omit<TrainOptions, "onEvent"> = {}): AsyncIterable<TrainingEvent> {
    return iterate(this.toStream({ again }), signalOption(signal))
  }
  /** The events as an Effect Stream. */
  toStream({ again = false }: AgainOptions = {}): Stream.Stream<TrainingEvent, TrainError> {
    return Stream.callback<TrainingEvent, TrainError>((queue) =>
      this.#effect({ again, onEvent: (event) => Queue.offerUnsafe(queue, event) }).pipe(
        Effect.matchCauseEffect({
          onFailure: (cause) => Queue.failCause(queue, cause),
          onSuccess: () => Queue.end(queue)
        }),
        Effect.asVoid
      )
    )
  }
  /** Starts the training in the background. */
  async start(options: EffectOptions = {}): Promise<Started<N>> {
    const fiber = await run(Effect.forkDetach(this.#effect(options)))
    const { id } = this.#spec
    return {
      id,
      done: () => run(Fiber.join(fiber)),
      stop: async ({ discard: discarded } = {}) => {
        await run(Fiber.interrupt(fiber))
        // The artifacts of a training that is over are not those of this run.
        return run(
          discarded === undefined
            ? findArtifacts(this.#host, this.#journal, id, openTraining)
            : discard(this.#host, this.#journal, id, discarded, openTraining)
        )
      }
    }
  }
}
