/**
 * A lock that the operating system releases when the process ends, however it ends: an exclusive transaction, never
 * committed, on a SQLite database of its own. No lock is ever stale.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import { TrainingBusy } from "../errors/run-errors.ts"

/** SQLITE_BUSY is 5, SQLITE_LOCKED is 6; extended codes keep them in the low byte. */
const isBusy = (cause: unknown): boolean =>
  cause instanceof Error &&
  "errcode" in cause &&
  typeof cause.errcode === "number" &&
  [5, 6].includes(cause.errcode & 255)

/** The most recent owner, for error messages. */
const Owner = Schema.fromJsonString(Schema.Struct({ pid: Schema.Number, since: Schema.String }))
const decodeOwner = Schema.decodeUnknownOption(Owner)
const encodeOwner = Schema.encodeSync(Owner)

const readOwner = (file: string): { readonly pid?: number; readonly since?: string } => {
  try {
    return Option.getOrElse(decodeOwner(readFileSync(file, "utf8")), () => ({}))
  } catch {
    return {}
  }
}

/** Holds a lock file until the scope closes. The files stay: deleting one would let two processes hold it. */
export const holdFile = <E>(
  id: string,
  file: string,
  toError: (cause: unknown) => E
): Effect.Effect<void, E | TrainingBusy, Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.try({
        try: () => {
          const lock = new DatabaseSync(file, { timeout: 0 })
          try {
            lock.exec("BEGIN EXCLUSIVE")
            const owner = encodeOwner({ pid: process.pid, since: new Date().toISOString() })
            writeFileSync(`${file}.json`, owner, { mode: 0o600 })
            return lock
          } catch (cause) {
            lock.close()
            throw cause
          }
        },
        catch: (cause) => (isBusy(cause) ? new TrainingBusy({ id, ...readOwner(`${file}.json`) }) : toError(cause))
      }),
      (lock) => Effect.sync(() => lock.close())
    )
  )
