/** Executors without a server: in this process, and on one SQLite file. */
import { run } from "@sightline/core/plugin"
import { openSqlite, type SqliteOptions } from "../ledger/sqlite-database.ts"
import { sqlLedger } from "../ledger/sql-ledger.ts"
import { type Executor, makeExecutor } from "./executor.ts"

const embedded = (name: string, options: SqliteOptions): Executor =>
  makeExecutor(name, async () => {
    const database = openSqlite(options)
    const ledger = await run(sqlLedger(database))
    return { ledger, close: async () => database.close() }
  })

/**
 * Jobs of this process, which end with it. Memory is bounded: a large ledger is a temporary file.
 *
 * @example const executor = inProcess()
 */
export const inProcess = (): Executor => embedded("inProcess", { file: undefined })

/**
 * Jobs in one SQLite file, for any number of processes of one machine. The file must be on a local disk.
 *
 * `survives`: `"process"` (the default) keeps every settled input when processes are killed; `"power"` also when the
 * machine stops, at the price of a flush to the disk for each change.
 *
 * @throws `LedgerUnavailable` on first use, where the file cannot be opened
 * @example const executor = sqlite({ file: "jobs.db" })
 */
export const sqlite = (options: { readonly file: string; readonly survives?: "process" | "power" }): Executor =>
  embedded("sqlite", options)
