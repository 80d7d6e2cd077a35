// A hook with a service: every input of a run is written to a table. A table that cannot be opened is a typed failure.
import { definePlugin, type Outcome } from "@sightline/core/plugin"
import { Context, Data, Effect, Layer } from "effect"
import { DatabaseSync } from "node:sqlite"

export class AuditClosed extends Data.TaggedError("AuditClosed")<{ readonly path: string; readonly cause: unknown }> {}

export class Audit extends Context.Service<Audit, DatabaseSync>()("examples/Audit") {}

const open = (path: string) => {
  const database = new DatabaseSync(path)
  database.exec("CREATE TABLE IF NOT EXISTS outcomes (input INTEGER, ok INTEGER)")
  return database
}
const close = (database: DatabaseSync) => Effect.sync(() => database.close())
const write = (database: DatabaseSync) => (outcome: Outcome<unknown, unknown>) =>
  Effect.sync(() => {
    database.prepare("INSERT INTO outcomes VALUES (?, ?)").run(outcome.index, outcome.ok ? 1 : 0)
  })

export const audit = ({ path }: { readonly path: string }) => {
  const opened = Effect.try({ try: () => open(path), catch: (cause) => new AuditClosed({ path, cause }) })
  return definePlugin({
    name: "audit",
    version: 1,
    hooks: { input: () => Effect.map(Audit, write) },
    layer: Layer.effect(Audit, Effect.acquireRelease(opened, close))
  })
}
