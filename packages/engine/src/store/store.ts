/** Access to one folder: its index and its media, owned by this process until the scope closes. */
import { StatusCode } from "@sightline/core/status"
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EngineFolderError, EngineFolderLocked } from "../errors.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import type { Database } from "./database.ts"
import { lockFolder } from "./folder-lock.ts"
import {
  endGeneration,
  generationOfIndex,
  generationOfMedia,
  isCurrent,
  lastChange,
  startGeneration,
  writeGeneration
} from "./folder-generation.ts"
import { type MediaFiles, openMedia } from "./media-files.ts"
import { openIndex, openIndexReadOnly } from "./open-index.ts"

/** Reads, changes and media of one folder. */
export class Store extends Context.Service<
  Store,
  {
    readonly readOnly: boolean
    /**
     * True if the index knows all media that were ever added to this folder, so that a file which it does not name is
     * garbage. False for an index that is new, was restored from a backup, or is another folder's.
     */
    readonly isCurrent: boolean
    /** When the index last named a new medium before it was opened, in milliseconds since 1970; NaN if it never did. */
    readonly lastChangeMs: number
    /** Starts a generation of the folder: from now on the index knows all of its media. */
    readonly settleGeneration: Effect.Effect<void, WireError>
    /** Runs queries. A `WireError` that they throw is the failure; any other error of SQLite becomes 98004. */
    readonly read: <A>(body: (db: Database) => A) => Effect.Effect<A, WireError>
    /** Runs queries and changes as one transaction, which is on disk when the effect succeeds. */
    readonly write: <A>(body: (db: Database) => A) => Effect.Effect<A, WireError>
    readonly media: MediaFiles
  }
>()("@sightline/engine/Store") {
  /** Opens a folder: creates it, takes its lock, brings its index up to date. */
  static readonly layer = (options: StoreOptions): Layer.Layer<Store, EngineFolderError | EngineFolderLocked> =>
    Layer.effect(
      Store,
      Effect.map(
        Effect.acquireRelease(
          Effect.try({ try: () => open(options), catch: (cause) => explain(options, cause) }),
          ({ close }) => Effect.sync(close)
        ),
        (opened) => makeService(options, opened)
      )
    )
}

/** How a folder is opened. */
interface StoreOptions {
  readonly directory: string
  readonly readOnly: boolean
  readonly rebuild: boolean
}

interface Opened extends Pick<Store["Service"], "isCurrent" | "lastChangeMs" | "media"> {
  readonly db: Database
  readonly close: () => void
}

const makeService = ({ directory, readOnly }: StoreOptions, { db, ...opened }: Opened): Store["Service"] => {
  let known = readOnly ? undefined : generationOfIndex(db)
  /** Writes the generation beside the media after each transaction that added some. */
  const recordAdded = () => {
    if (known === undefined) return
    const now = generationOfIndex(db)
    try {
      if (now !== undefined && now.revision !== known.revision) writeGeneration(directory, now)
      known = now
    } catch {
      // The change is committed, so it succeeded. The index is ahead of the file until the next change writes it.
    }
  }
  return Store.of({
    readOnly,
    isCurrent: opened.isCurrent,
    lastChangeMs: opened.lastChangeMs,
    settleGeneration: guarded(() => {
      known = db.transaction(() => startGeneration(db, directory))
    }),
    read: (body) => guarded(() => body(db)),
    write: (body) =>
      guarded(() => {
        const result = db.transaction(() => body(db))
        recordAdded()
        return result
      }),
    media: opened.media
  })
}

const guarded = <A>(body: () => A): Effect.Effect<A, WireError> =>
  Effect.try({
    try: body,
    catch: (cause) =>
      cause instanceof WireError
        ? cause
        : wireError(
            StatusCode.INTERNAL_SERVER_ISSUE,
            `the engine's database refused: ${cause instanceof Error ? cause.message : String(cause)}`
          )
  })

const open = (options: StoreOptions): Opened => {
  const { directory } = options
  if (!options.readOnly) makeFolder(directory)
  if (!statSync(directory).isDirectory()) throw new EngineFolderError({ directory, reason: "not-a-folder" })
  return options.readOnly ? openForReading(directory) : openForWriting(options)
}

const openForReading = (directory: string): Opened => {
  const db = openIndexReadOnly(directory)
  return { db, media: openMedia(directory), isCurrent: false, lastChangeMs: Number.NaN, close: db.close }
}

const openForWriting = ({ directory, rebuild }: StoreOptions): Opened => {
  accessSync(directory, constants.W_OK | constants.X_OK)
  const release = lockFolder(directory)
  try {
    const { db, isNew } = openIndex(directory, rebuild)
    try {
      mkdirSync(join(directory, "media"), { recursive: true, mode: 0o700 })
      const media = openMedia(directory)
      const current =
        isNew && media.shards().length === 0
          ? true // a new folder
          : isCurrent(generationOfIndex(db), generationOfMedia(directory))
      const lastChangeMs = Date.parse(lastChange(db))
      if (current) db.transaction(() => startGeneration(db, directory))
      else db.transaction(() => endGeneration(db))
      return {
        db,
        media,
        isCurrent: current,
        lastChangeMs,
        close: () => {
          db.close()
          release()
        }
      }
    } catch (error) {
      db.close()
      throw error
    }
  } catch (error) {
    release()
    throw error
  }
}

/**
 * Creates a folder for its user only; its parents get the usual mode. Like `mkdirSync` with `recursive`, which never returns
 * where the system refuses with "no such entry", as /proc does.
 */
const makeFolder = (directory: string, mode = 0o700): void => {
  if (existsSync(directory)) return
  if (dirname(directory) !== directory) makeFolder(dirname(directory), 0o777)
  mkdirSync(directory, { mode })
}

const explain = ({ directory, readOnly }: StoreOptions, cause: unknown): EngineFolderError | EngineFolderLocked => {
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
