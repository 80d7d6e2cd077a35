/** Where the ledger of an executor with a queue is. */
import { type OpenPostgres, openPostgres } from "../ledger/postgres-database.ts"
import { openSqlite, type OpenSqlite } from "../ledger/sqlite-database.ts"

/** A Postgres database, or a SQLite file that all workers reach on a local disk. */
export type LedgerPlace =
  | {
      /** Such as `postgres://user:password@host:5432/name`. */
      readonly url: string
    }
  | {
      readonly file: string
      /** @default "process" */
      readonly survives?: "process" | "power"
    }

/** Opens the database of a ledger. */
export const openPlace = async (place: LedgerPlace): Promise<OpenPostgres | OpenSqlite> =>
  "url" in place ? await openPostgres(place.url) : openSqlite(place)
