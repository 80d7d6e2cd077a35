/** The plugin: adds `app.train(id)`, `app.training(id)` and `app.trained(id)`. */
import { join } from "node:path"
import { type Connection, definePlugin, InvalidOption, type Plugin, run } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { UnknownTraining } from "./errors/run-errors.ts"
import { fileJournal } from "./journal/file-journal.ts"
import type { Journal } from "./journal/journal.ts"
import { isOpen, isSuccessful, lastTraining } from "./journal/training-record.ts"
import { defaultSpec, resumedSpec } from "./request/training-spec.ts"
import { Training } from "./training.ts"
import { makeDownload } from "./export/download-file.ts"
import { Trained } from "./versions/trained.ts"

/** Options of {@link training}. */
export interface TrainingOptions {
  /**
   * Where trainings are recorded so that they can be resumed: a folder, or a {@link Journal}.
   *
   * @default the folder `trainings` in the engine's folder; `.sightline/trainings` for any other connection
   */
  readonly journal?: string | Journal
  /**
   * Whether exports may download files from private addresses. The addresses of inputs can come from strangers, so that
   * without it only public addresses, and the service itself, are reached.
   *
   * @default false
   */
  readonly allowPrivate?: boolean
}

/** Validates the id of a model, which callers without types may have left out. */
const validId = (option: string, id: unknown): string => {
  if (typeof id === "string" && id !== "") return id
  const given = typeof id === "string" ? `""` : String(id)
  throw new InvalidOption({ option, problem: `is given ${given}; it takes the id of a model, such as "pets"` })
}

/** The folder in which journals lie if none is given. */
const defaultFolder = ({ directory = ".sightline" }: Connection): string => join(directory, "trainings")

/** The members that {@link training} adds to an app. */
export interface TrainingMembers {
  /**
   * A training of the model `id`; the model is created if it does not exist.
   *
   * @throws InvalidOption if `id` is not a non-empty string
   */
  readonly train: (id: string) => Training<string>
  /**
   * The last training of the model `id`, which another process or an earlier run has begun. It continues from where it
   * is, or returns its result again if it is finished and its version exists. Its `promoteWhen` policy has to be given
   * again, because a journal cannot hold a function.
   *
   * @throws UnknownTraining if there is none, it has failed, or its examples are not all uploaded: run that call again
   */
  readonly training: (id: string) => Promise<Training<string>>
  /**
   * The versions of the model `id`: list, compare, prune, export, import.
   *
   * @throws InvalidOption if `id` is not a non-empty string
   */
  readonly trained: (id: string) => Trained
}

/**
 * Adds trainings to an app: `app.train("pets").concepts("cat", "dog").examples(folder("photos")).run()` resolves with a
 * typed model handle.
 *
 * Each training is recorded in a journal. After a kill, the same call, or `app.training("pets")` in another process,
 * continues from there: no input is uploaded twice and no version is trained twice.
 *
 * @example training().name // => "training"
 */
export const training = (options: TrainingOptions = {}): Plugin<"training", {}, {}, TrainingMembers, never> =>
  definePlugin({
    name: "training",
    version: 1,
    members: (host) => {
      const { allowPrivate = false, journal: given = defaultFolder(host.connection) } = options
      const download = makeDownload({ allowPrivate })
      const journal = typeof given === "string" ? fileJournal(given) : given
      return {
        trained: (id: string): Trained => new Trained(host, journal, download, validId("trained", id)),
        train: (id: string): Training<string> => new Training(host, journal, defaultSpec(validId("train", id))),
        training: (given: string): Promise<Training<string>> =>
          run(
            Effect.gen(function* () {
              const id = yield* Effect.try({ try: () => validId("training", given), catch: (invalid) => invalid })
              const last = lastTraining(yield* journal.read(id))
              const { examples, request } = last
              if (request === undefined || examples === undefined || !(isOpen(last) || isSuccessful(last)))
                return yield* new UnknownTraining({ id, journal: journal.place })
              return new Training<string>(host, journal, resumedSpec(id, request))
            })
          )
      }
    }
  })
