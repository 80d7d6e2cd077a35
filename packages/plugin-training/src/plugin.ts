/** The plugin value: adds `app.train(id)`, `app.training(id)` and `app.trained(id)`. */
import { definePlugin, InvalidOption, type Plugin, run } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { UnknownTraining } from "./errors.ts"
import { fileJournal, find, isDone, type Journal, latest, unfinished } from "./journal.ts"
import type { Spec } from "./spec.ts"
import { Training } from "./training.ts"
import { Trained } from "./versions/trained.ts"

/** Options of {@link training}. */
export interface TrainingOptions {
  /** Where trainings are noted so that they can be resumed: a folder, or a journal of your own. `.sightline/trainings` when absent. */
  readonly journal?: string | Journal
}

/** The id that was given, which callers without types may have left out. Throws `InvalidOption` for what is none. */
const idOf = (option: string, id: unknown): string => {
  if (typeof id === "string" && id !== "") return id
  const given = typeof id === "string" ? `""` : String(id)
  throw new InvalidOption({ option, problem: `is given ${given}; it takes the id of a model, such as "pets"` })
}

const sixHoursMs = 6 * 3_600_000

const specOf = (id: string): Spec => ({
  id,
  concepts: [],
  examples: undefined,
  resumes: false,
  mutuallyExclusive: false,
  closedEnvironment: false,
  params: {},
  holdout: 0,
  strict: false,
  timeoutMs: sixHoursMs,
  promoteWhen: undefined
})

/** What `training()` adds to apps. */
export interface TrainingMembers {
  /** A training of the model `id`, which is created when it is not there. Throws `InvalidOption` for what is no id. */
  readonly train: (id: string) => Training<string>
  /**
   * The last training of the model `id`, which another process, or an earlier run, has begun: it goes on where it was,
   * or gives its result again where it has come to its end and its version is still there.
   *
   * Rejects with `UnknownTraining` where there is none, it has failed, or its examples were not all added: run that
   * call again.
   * One that was begun with `promoteWhen` needs it again, since a function cannot be noted.
   */
  readonly training: (id: string) => Promise<Training<string>>
  /** The versions of the model `id`: list, compare, thin out, export, import. Throws `InvalidOption` for what is no id. */
  readonly trained: (id: string) => Trained
}

/**
 * Adds trainings: `app.train("pets").concepts("cat", "dog").examples(folder("photos")).run()` gives a typed handle.
 *
 * Each is noted in a journal, so that after a kill the same call, or `app.training("pets")` in another process, goes
 * on where it was: no input is added twice and no version is trained twice.
 */
export const training = (options: TrainingOptions = {}): Plugin<"training", {}, {}, TrainingMembers, never> =>
  definePlugin({
    name: "training",
    version: 1,
    members: (host) => {
      const { journal: given = ".sightline/trainings" } = options
      const journal = typeof given === "string" ? fileJournal(given) : given
      return {
        trained: (id: string): Trained => new Trained(host, journal, idOf("trained", id)),
        train: (id: string): Training<string> => new Training(host, journal, specOf(idOf("train", id))),
        training: (given: string): Promise<Training<string>> =>
          run(
            Effect.gen(function* () {
              const id = yield* Effect.try({ try: () => idOf("training", given), catch: (refused) => refused })
              const entries = yield* journal.read(id)
              const steps = latest(entries)
              const [begun] = steps
              const ended = unfinished(entries).length === 0
              if (begun?._tag !== "started" || find(steps, "complete") === undefined || (ended && !isDone(steps)))
                return yield* new UnknownTraining({ id, journal: journal.place })
              const { closedEnvironment, holdout, mutuallyExclusive, params, strict } = begun.settings
              return new Training<string>(host, journal, {
                ...specOf(id),
                resumes: true,
                concepts: begun.concepts,
                mutuallyExclusive,
                closedEnvironment,
                params,
                holdout,
                strict
              })
            })
          )
      }
    }
  })
