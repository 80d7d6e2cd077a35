/** A ledger's database in Postgres, for any number of machines. */
import { InvalidOption } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { LedgerUnavailable } from "../errors.ts"
import { requirePackage } from "../require-package.ts"
import type { Query, SqlDatabase, SqlRow } from "./database.ts"
import { postgresDialect } from "./dialect.ts"

/** An open Postgres database. */
export interface OpenPostgres extends SqlDatabase {
  readonly close: () => Promise<void>
}

/** Connections of one process: its units take turns at them. */
const mostConnections = 8

/** The address without what is secret in it. Throws `InvalidOption`. */
export const addressOf = (option: string, url: string): string => {
  if (!URL.canParse(url))
    throw new InvalidOption({ option, problem: "is not a URL, such as postgres://user@host/name" })
  const { host, pathname, protocol } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

/** Opens the database. Rejects with `LedgerUnavailable` or `MissingPackage`; throws `InvalidOption`. */
export const openPostgres = async (url: string): Promise<OpenPostgres> => {
  const name = addressOf("ledger.url", url)
  const unavailable = (cause: unknown) =>
    new LedgerUnavailable({ ledger: name, problem: cause instanceof Error ? cause.message : String(cause), cause })
  const { make } = await requirePackage(
    "@effect/sql-pg",
    "a ledger in Postgres",
    () => import("@effect/sql-pg/PgClient")
  )
  const scope = Effect.runSync(Scope.make())
  const client = await Effect.runPromise(
    make({
      url: Redacted.make(url),
      applicationName: "sightline",
      maxConnections: mostConnections,
      connectTimeout: "10 seconds"
    }).pipe(
      Effect.mapError(unavailable),
      Effect.provideService(Scope.Scope, scope),
      Effect.provide(Reactivity.layer),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
  )
  const query: Query = (sql, values = []) =>
    // columns hold text and numbers; counts may be big integers, which `Number` takes too
    Effect.mapError(client.unsafe<SqlRow>(sql, values), unavailable)
  return {
    name,
    dialect: postgresDialect,
    query,
    transaction: (body) =>
      Effect.uninterruptible(
        Effect.catchTag(client.withTransaction(body(query)), "SqlError", (error) => Effect.fail(unavailable(error)))
      ) as never, // `E` may not be narrowed: bodies fail with no other SqlError
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
