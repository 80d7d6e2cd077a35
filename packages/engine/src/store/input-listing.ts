/** Lists of inputs: by pages, and by a cursor that stays right while inputs are added and deleted. */
import { StatusCode } from "@sightline/core/status"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { Database, Value } from "./database.ts"
import { inputColumns } from "./input-columns.ts"
import type { InputRow, Page } from "./input-table.ts"

/** Metadata, regions and texts of the inputs in one answer, in bytes: what it costs to write them. */
const maxAnswerBytes = 16 << 20

const tooLarge = (): WireError =>
  wireError(
    StatusCode.CONN_INVALID_REQUEST,
    `the inputs of this answer have more than ${maxAnswerBytes} bytes of metadata, regions and text together; ask for fewer at once, with per_page or fewer ids`
  )

/** Makes a check of the inputs of one answer. It throws `WireError` 11102 once they are too large; one alone never is. */
export const answerSize = (): ((row: InputRow) => void) => {
  let [count, bytes] = [0, 0]
  return ({ data, raw }) => {
    bytes += data.length + (raw?.length ?? 0)
    if (++count > 1 && bytes > maxAnswerBytes) throw tooLarge()
  }
}

/** Rows, once their size is known not to be too large: a page of them would not fit into memory. */
const select = (db: Database, rest: string, ...values: ReadonlyArray<Value>): ReadonlyArray<InputRow> => {
  const found = db.get<{ readonly n: number; readonly bytes: number | null }>(
    `SELECT count(*) AS n, sum(bytes) AS bytes
     FROM (SELECT octet_length(data) + coalesce(octet_length(raw), 0) AS bytes FROM inputs ${rest})`,
    ...values
  )
  if (found !== undefined && found.n > 1 && (found.bytes ?? 0) > maxAnswerBytes) throw tooLarge()
  return db.all<InputRow>(`SELECT ${inputColumns} FROM inputs ${rest}`, ...values)
}

/** Newest first; with `status`, only inputs in that state. */
export const listInputs = (db: Database, app: string, page: Page, status?: number): ReadonlyArray<InputRow> =>
  status === undefined
    ? select(db, "WHERE app = ? ORDER BY seq DESC LIMIT ? OFFSET ?", app, page.limit, page.offset)
    : select(
        db,
        "WHERE app = ? AND status = ? ORDER BY seq DESC LIMIT ? OFFSET ?",
        app,
        status,
        page.limit,
        page.offset
      )

/** A part of a list. `lastId` is the last input of the part before; empty for the first part. */
export interface Cursor {
  readonly lastId: string
  readonly limit: number
  readonly descending: boolean
  /** By id instead of by arrival. */
  readonly byId: boolean
}

/**
 * The inputs after (or before) one, by arrival or by id. An input that was deleted is still a valid cursor. Throws
 * `WireError` 11102 for a cursor that does not determine a position: one that was never an input, or whose id was deleted
 * and used again.
 */
export const listFrom = (db: Database, app: string, cursor: Cursor): ReadonlyArray<InputRow> => {
  const { byId, descending, lastId, limit } = cursor
  const order = descending ? "DESC" : "ASC"
  const beyond = descending ? "<" : ">"
  if (lastId === "") return select(db, `WHERE app = ? ORDER BY ${byId ? "id" : "seq"} ${order} LIMIT ?`, app, limit)
  if (byId) return select(db, `WHERE app = ? AND id ${beyond} ? ORDER BY id ${order} LIMIT ?`, app, lastId, limit)
  return listFromPosition(db, app, positionOf(db, app, lastId), cursor)
}

/** The numbers of the inputs after a position, oldest first. */
export const nextSeqs = (db: Database, app: string, position: number, limit: number): ReadonlyArray<number> =>
  db
    .all<SeqRow>("SELECT seq FROM inputs WHERE app = ? AND seq > ? ORDER BY seq LIMIT ?", app, position, limit)
    .map(({ seq }) => seq)

/** The inputs after (or before) a position, which is an input's number. */
const listFromPosition = (
  db: Database,
  app: string,
  position: number,
  { descending, limit }: Pick<Cursor, "descending" | "limit">
): ReadonlyArray<InputRow> =>
  select(
    db,
    `WHERE app = ? AND seq ${descending ? "<" : ">"} ?
     ORDER BY seq ${descending ? "DESC" : "ASC"} LIMIT ?`,
    app,
    position,
    limit
  )

interface SeqRow {
  readonly seq: number
}

const positionOf = (db: Database, app: string, id: string): number => {
  const current = db.get<SeqRow>("SELECT seq FROM inputs WHERE app = ? AND id = ?", app, id)
  const deleted = db.get<SeqRow>(
    "SELECT seq FROM deleted_inputs WHERE app = ? AND id = ? AND deleted_at > ?",
    app,
    id,
    Date.now() - rememberMs
  )
  if (current !== undefined && deleted !== undefined)
    throw wireError(
      StatusCode.CONN_INVALID_REQUEST,
      `last_id '${id}' was deleted and added again; start the list again, or use order_by_id`
    )
  const known = current ?? deleted
  if (known === undefined)
    throw wireError(
      StatusCode.CONN_INVALID_REQUEST,
      `last_id '${id}' is not an input of this app; start the list without last_id`
    )
  return known.seq
}

/** Deleted inputs are valid cursors for this long, and at most this many of them. */
const rememberMs = 3_600_000
const maxRemembered = 200_000

/** Remembers the positions of inputs that are about to be deleted. */
export const rememberDeleted = (db: Database, app: string, ids: ReadonlyArray<string>, nowMs: number): void => {
  db.run("DELETE FROM deleted_inputs WHERE deleted_at <= ?", nowMs - rememberMs)
  for (const id of ids)
    db.run(
      `INSERT OR REPLACE INTO deleted_inputs (app, id, seq, deleted_at)
       SELECT app, id, seq, ? FROM inputs WHERE app = ? AND id = ?`,
      nowMs,
      app,
      id
    )
  const { n } = db.get<{ readonly n: number }>("SELECT count(*) AS n FROM deleted_inputs") ?? { n: 0 }
  if (n > maxRemembered)
    db.run(
      "DELETE FROM deleted_inputs WHERE (app, id) IN (SELECT app, id FROM deleted_inputs ORDER BY deleted_at LIMIT ?)",
      n - maxRemembered
    )
}
