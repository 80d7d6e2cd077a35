/** The engine's memory: one SQLite file and a folder of media, owned by this process until the scope closes. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EngineFolderError, EngineFolderLocked } from "../errors.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { type Database, openDatabase } from "./database.ts"
import { lockFolder } from "./folder-lock.ts"
import { type MediaFiles, openMedia } from "./media-files.ts"
import { migrate, migrations, schemaVersion } from "./schema.ts"

/** Reads, changes and media of one folder. */
export class Store extends Context.Service<
  Store,
  {
    readonly readOnly: boolean
    /** Runs queries. A `WireError` they throw is the failure; anything else SQLite says becomes 98004. */
    readonly read: <A>(body: (db: Database) => A) => Effect.Effect<A, WireError>
    /** Runs queries and changes as one transaction, on disk when it succeeds. */
    readonly write: <A>(body: (db: Database) => A) => Effect.Effect<A, WireError>
    readonly media: MediaFiles
  }
>()("@sightline/engine/Store") {
  /** Opens a folder: makes it when it is not there, takes its lock, brings its tables up to date. */
  static readonly layer = (options: {
    readonly directory: string
    readonly readOnly: boolean
  }): Layer.Layer<Store, EngineFolderError | EngineFolderLocked> =>
    Layer.effect(
      Store,
      Effect.map(
        Effect.acquireRelease(
          Effect.try({ try: () => open(options), catch: (cause) => explain(options, cause) }),
          ({ close }) => Effect.sync(close)
        ),
        ({ db, media }) =>
          Store.of({
            readOnly: options.readOnly,
            read: (body) => guarded(() => body(db)),
            write: (body) => guarded(() => db.transaction(() => body(db))),
            media
          })
      )
    )
}

const guarded = <A>(body: () => A): Effect.Effect<A, WireError> =>
  Effect.try({
    try: body,
    catch: (cause) =>
      cause instanceof WireError
        ? cause
        : wireError(98004, `the engine's database refused: ${cause instanceof Error ? cause.message : String(cause)}`)
  })

const open = ({ directory, readOnly }: { readonly directory: string; readonly readOnly: boolean }) => {
  if (!readOnly) makeFolder(directory)
  if (!statSync(directory).isDirectory()) throw new EngineFolderError({ directory, reason: "not-a-folder" })
  if (!readOnly) accessSync(directory, constants.W_OK | constants.X_OK)
  const release = readOnly ? () => {} : lockFolder(directory)
  try {
    const db = openDatabase(join(directory, "engine.sqlite"), { readOnly })
    try {
      if (!readOnly) db.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      if (schemaVersion(db) > migrations.length) throw new EngineFolderError({ directory, reason: "newer" })
      if (!readOnly) migrate(db)
    } catch (error) {
      db.close()
      throw error
    }
    return {
      db,
      media: openMedia(directory),
      close: () => {
        db.close()
        release()
      }
    }
  } catch (error) {
    release()
    throw error
  }
}

/** Like `mkdirSync` with `recursive`, which never returns where the system refuses with "no such entry", as /proc does. */
const makeFolder = (directory: string): void => {
  if (existsSync(directory)) return
  if (dirname(directory) !== directory) makeFolder(dirname(directory))
  mkdirSync(directory)
}

const explain = (
  { directory, readOnly }: { readonly directory: string; readonly readOnly: boolean },
  cause: unknown
): EngineFolderError | EngineFolderLocked => {
  if (cause instanceof EngineFolderError || cause instanceof EngineFolderLocked) return cause
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  const reason =
    code === "EEXIST" || code === "ENOTDIR" || (readOnly && code === "ENOENT")
      ? "not-a-folder"
      : isDamage(cause)
        ? "damaged"
        : "not-writable"
  return new EngineFolderError({ directory, reason, cause })
}

/** SQLITE_CORRUPT is 11, SQLITE_NOTADB is 26. */
const isDamage = (cause: unknown): boolean =>
  cause instanceof Error &&
  "errcode" in cause &&
  typeof cause.errcode === "number" &&
  [11, 26].includes(cause.errcode & 255)
