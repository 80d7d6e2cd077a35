/** A journal in a folder: one file of JSON Lines for each training, and one that locks it. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { FileLocked, lockFile } from "@sightline/platform/file-lock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { TrainingBusy } from "../errors/run-errors.ts"
import { Entry } from "./entry.ts"
import { type Journal, JournalUnusable } from "./journal.ts"
import { errorCodeOf, makeFolder, openPrivateFile, privateMode } from "./make-folder.ts"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Entry))
const encode = Schema.encodeSync(Schema.fromJsonString(Entry))

/** Lines that do not decode are skipped: a kill can truncate a line, and then its entry never took effect. */
const parse = (text: string): ReadonlyArray<Entry> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => Option.toArray(decode(line)))

const unusable = (path: string, what: string, cause: unknown): JournalUnusable =>
  new JournalUnusable({ path, problem: `${what} (${errorCodeOf(cause) ?? "unknown reason"})` })

const attempt = <A>(path: string, what: string, use: () => Promise<A>): Effect.Effect<A, JournalUnusable> =>
  Effect.tryPromise({ try: use, catch: (cause) => unusable(path, what, cause) })

/**
 * A journal in a folder. The folder is created at the first append. Folders have mode 0700, files 0600.
 *
 * @example fileJournal(".sightline/trainings").place // => ".sightline/trainings"
 */
export const fileJournal = (directory: string): Journal => {
  const fileOf = (id: string, extension = "jsonl") =>
    join(directory, `${encodeURIComponent(id).replaceAll(".", "%2E")}.${extension}`)
  return {
    place: directory,
    read: (id) =>
      attempt(fileOf(id), "cannot be read", async () => {
        try {
          return parse(await readFile(fileOf(id), "utf8"))
        } catch (cause) {
          if (errorCodeOf(cause) === "ENOENT") return []
          throw cause
        }
      }),
    append: (id, entry) =>
      attempt(fileOf(id), "cannot be written", async () => {
        await makeFolder(directory, privateMode.folder)
        const file = await openPrivateFile(fileOf(id))
        try {
          // The leading line break separates the entry from a line that a kill has truncated.
          await file.write(`\n${encode(entry)}\n`)
          await file.sync()
        } finally {
          await file.close()
        }
      }),
    hold: (id) => {
      const file = fileOf(id, "lock")
      const lock = Effect.try({
        try: () => lockFile(file),
        catch: (cause) =>
          cause instanceof FileLocked
            ? new TrainingBusy({ id, ...cause.owner })
            : unusable(file, "cannot be locked", cause)
      })
      return attempt(file, "cannot be written", () => makeFolder(directory, privateMode.folder)).pipe(
        Effect.andThen(Effect.acquireRelease(lock, ({ release }) => Effect.sync(release))),
        Effect.asVoid
      )
    }
  }
}
