/**
 * One run of a training at a time. The lock is one that the operating system takes back when the process ends, however
 * it ends, so that none is ever stale: an exclusive transaction, never committed, on a database of its own.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { TrainingBusy } from "./errors.ts"

/** Who runs a training: told to those who find it held. */
interface Holder {
  readonly pid?: number
  readonly since?: string
}

/** SQLITE_BUSY is 5, SQLITE_LOCKED is 6; extended codes keep them in the low byte. */
const isBusy = (cause: unknown): boolean =>
  cause instanceof Error &&
  "errcode" in cause &&
  typeof cause.errcode === "number" &&
  [5, 6].includes(cause.errcode & 255)

/** Only for the error's text: who wrote himself down last. */
const readHolder = (file: string): Holder => {
  try {
    const read: unknown = JSON.parse(readFileSync(file, "utf8"))
    if (typeof read !== "object" || read === null) return {}
    return {
      ...("pid" in read && typeof read.pid === "number" ? { pid: read.pid } : {}),
      ...("since" in read && typeof read.since === "string" ? { since: read.since } : {})
    }
  } catch {
    return {}
  }
}

/** Holds a training by a file beside its journal until the scope ends. The files stay: deleting one would let two hold it. */
export const holdFile = <E>(
  id: string,
  file: string,
  unusable: (cause: unknown) => E
): Effect.Effect<void, E | TrainingBusy, Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.try({
        try: () => {
          const lock = new DatabaseSync(file, { timeout: 0 })
          try {
            lock.exec("BEGIN EXCLUSIVE")
            writeFileSync(`${file}.json`, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }))
            return lock
          } catch (cause) {
            lock.close()
            throw cause
          }
        },
        catch: (cause) => (isBusy(cause) ? new TrainingBusy({ id, ...readHolder(`${file}.json`) }) : unusable(cause))
      }),
      (lock) => Effect.sync(() => lock.close())
    )
  )

/** Holds a training among those of this process until the scope ends. */
export const holdHere = (id: string, held: Set<string>): Effect.Effect<void, TrainingBusy, Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.suspend(() =>
        held.has(id) ? Effect.fail(new TrainingBusy({ id, pid: process.pid })) : Effect.sync(() => held.add(id))
      ),
      () => Effect.sync(() => held.delete(id))
    )
  )
