/** The builder: what to learn and from what; immutable, and run in the way that suits the caller. */
import { type Host, InvalidOption, iterate, type Json, run, type RunResult, settle } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { Examples } from "./examples/example.ts"
import { type Journal, latest, unfinished } from "./journal.ts"
import { train } from "./lifecycle.ts"
import { discard, type DiscardOptions, type Remains, remainsOf } from "./remains.ts"
import type { Policy, Spec, TrainedModel, TrainError } from "./spec.ts"
import type { TrainingEvent } from "./state.ts"

/** Whether a training that is done already is done once more. */
export interface AgainOptions {
  /**
   * Trains a new version even where the same training (model, examples, concepts, settings) is done already and its
   * version still there; without it, that one is taken up. A kill between the end of such a run and its answer is the
   * one that cannot be told from a further wish: the same call then trains once more.
   */
  readonly again?: boolean
}

/** How a training runs as an Effect. */
export interface EffectOptions extends AgainOptions {
  /** Told of each state that it goes through. */
  readonly onEvent?: (event: TrainingEvent) => void
}

/** How a training runs for Promise users. */
export interface TrainOptions extends EffectOptions {
  /** Aborting stops the wait; what is on the service stays, and the same call goes on from there. */
  readonly signal?: AbortSignal
}

/** A training that was started and goes on by itself. */
export interface Started<N extends string> {
  /** What `app.training(id)` takes. */
  readonly id: string
  /** Waits for its end. */
  readonly done: () => Promise<TrainedModel<N>>
  /**
   * Stops adding and waiting, and says what this training has put on the service; nothing when it has ended before. It
   * stays there, and the same call goes on from it, unless `discard` is given: then the version is deleted, which ends
   * its training, and the inputs where that is wanted.
   */
  readonly stop: (options?: StopOptions) => Promise<Remains>
}

/** What {@link Started.stop} does beside stopping. */
export interface StopOptions {
  /** Takes away what the training has put on the service. */
  readonly discard?: DiscardOptions
}

/**
 * A training to be run: an Effect, with `run`, `result`, `stream` and `start`. A value: each method gives a new one.
 *
 * Without `examples` it learns from what the app holds already.
 */
export class Training<N extends string> extends Effectable.Class<TrainedModel<N>, TrainError> {
  readonly #host: Host
  readonly #journal: Journal
  readonly #spec: Spec
  constructor(host: Host, journal: Journal, spec: Spec) {
    super()
    this.#host = host
    this.#journal = journal
    this.#spec = Object.freeze(spec)
  }
  #with(change: Partial<Spec>): Training<N> {
    return new Training(this.#host, this.#journal, { ...this.#spec, ...change })
  }
  #refuse(option: string, problem: string): never {
    throw new InvalidOption({ model: this.#spec.id, option, problem })
  }
  /** What it should know. The names become the type of the model's answers. */
  concepts<const C extends ReadonlyArray<string>>(...concepts: C): Training<C[number]> {
    return new Training(this.#host, this.#journal, { ...this.#spec, concepts })
  }
  /**
   * What to learn from: {@link folder}, {@link manifest}, an array, or anything that can be iterated.
   *
   * Each is told by its content: what the service has already is not sent again, only its labels are put right. The
   * service learns from every labelled input of its app, also from those of earlier trainings.
   */
  examples(examples: Examples): Training<N> {
    return this.#with({ examples })
  }
  /** Exactly one concept holds for each image: scores sum to 1. */
  mutuallyExclusive(): Training<N> {
    return this.#with({ mutuallyExclusive: true })
  }
  /** Every future image holds one of the concepts: nothing but the examples serves as negatives. */
  closedEnvironment(): Training<N> {
    return this.#with({ closedEnvironment: true })
  }
  /** The service's own training parameters. */
  params(params: Readonly<Record<string, Json>>): Training<N> {
    return this.#with({ params: { ...this.#spec.params, ...params } })
  }
  /** Makes the training repeatable where the service supports it: the same seed and examples, the same model. */
  seed(seed: number): Training<N> {
    return this.params({ seed })
  }
  /**
   * Keeps back this share of each concept's examples (0 to below 1), evaluates the model on them, and the version
   * before it too. What is on the service already is never kept back: it would be learnt from. Throws `InvalidOption`
   * for another number.
   */
  holdout(share: number): Training<N> {
    if (!(typeof share === "number" && share >= 0 && share < 1))
      this.#refuse("holdout", `is ${show(share)}; it must be a share from 0 to below 1, such as 0.2 for 20 %`)
    return this.#with({ holdout: share })
  }
  /** Fails with `BadExamples` where any example cannot be used, instead of leaving it out. */
  strict(): Training<N> {
    return this.#with({ strict: true })
  }
  /**
   * The deadline of the whole training in milliseconds, six hours when absent. The service goes on after it. Throws
   * `InvalidOption` where `ms` is not a number above 0.
   */
  timeout({ ms }: { readonly ms: number }): Training<N> {
    if (!(typeof ms === "number" && ms > 0))
      this.#refuse("timeout", `is ${show(ms)}; it must be a number of milliseconds above 0`)
    return this.#with({ timeoutMs: ms })
  }
  /**
   * Keeps the new version only if this is true of its evaluation and that of the version before; needs a holdout. One
   * that is not wanted is deleted, unless it is the only one.
   */
  promoteWhen(better: Policy): Training<N> {
    return this.#with({ promoteWhen: better })
  }
  /** What the last training of this model has put on the service, and how its version stands. */
  remains({ signal }: Pick<TrainOptions, "signal"> = {}): Promise<Remains> {
    return run(remainsOf(this.#host, this.#journal, this.#spec.id, latest), signal === undefined ? {} : { signal })
  }
  /**
   * Deletes the version of the last training, finished or not, and so ends it; with `inputs`, also the inputs that it
   * has put on the service. A model that it made and that knows nothing else goes too. Gives what remains.
   */
  discard(options: DiscardOptions = {}): Promise<Remains> {
    return run(discard(this.#host, this.#journal, this.#spec.id, options, latest))
  }
  #effect({ again = false, onEvent = () => {} }: EffectOptions): Effect.Effect<TrainedModel<N>, TrainError> {
    const how = { again, onEvent: guarded(onEvent) }
    // the spec's concepts are the names of N
    return train(this.#host, this.#journal, this.#spec, how) as Effect.Effect<TrainedModel<N>, TrainError>
  }
  override asEffect(options: EffectOptions = {}): Effect.Effect<TrainedModel<N>, TrainError> {
    return this.#effect(options)
  }
  /**
   * Runs it to its end. Rejects with the typed error itself, or with `signal.reason`. What was done already is not done
   * twice: run after its end, it gives the same result, unless `again` is true or the version was deleted since.
   */
  run({ signal, ...how }: TrainOptions = {}): Promise<TrainedModel<N>> {
    return run(this.#effect(how), signal === undefined ? {} : { signal })
  }
  /** Runs it to its end; typed failures come back as values. */
  result({ signal, ...how }: TrainOptions = {}): Promise<RunResult<TrainedModel<N>, TrainError>> {
    return settle(this.#effect(how), signal === undefined ? {} : { signal })
  }
  /** Runs it and gives its events; the loop ends when it is ready and throws the typed error when it fails. */
  stream({ again = false, signal }: Omit<TrainOptions, "onEvent"> = {}): AsyncIterable<TrainingEvent> {
    return iterate(this.toStream({ again }), signal === undefined ? {} : { signal })
  }
  /** The same as an Effect Stream. */
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
  /** Starts it and returns at once; `done` waits for its end. */
  async start(how: EffectOptions = {}): Promise<Started<N>> {
    const fiber = await run(Effect.forkDetach(this.#effect(how)))
    return {
      id: this.#spec.id,
      done: () => run(Fiber.join(fiber)),
      stop: async ({ discard: taken } = {}) => {
        await run(Fiber.interrupt(fiber))
        // what an earlier training has brought to its end is none of this one's
        return run(
          taken === undefined
            ? remainsOf(this.#host, this.#journal, this.#spec.id, unfinished)
            : discard(this.#host, this.#journal, this.#spec.id, taken, unfinished)
        )
      }
    }
  }
}

/** What was passed, as it is written. */
const show = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value))

/** What a listener throws is its own affair. */
const guarded =
  (onEvent: (event: TrainingEvent) => unknown) =>
  (event: TrainingEvent): void => {
    try {
      onEvent(event)
    } catch {
      // a broken progress bar must not end a training
    }
  }
