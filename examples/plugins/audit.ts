// Hooks with a service: every input of a run is written to a table.
import { definePlugin, type Outcome } from "@sightline/core/plugin"
import { Context, Effect, Layer } from "effect"
import { DatabaseSync } from "node:sqlite"

/** The table of outcomes. */
export class Audit extends Context.Service<Audit, { readonly database: DatabaseSync }>()("examples/Audit") {}

const open = (path: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const database = new DatabaseSync(path)
      database.exec("CREATE TABLE IF NOT EXISTS outcomes (input INTEGER, ok INTEGER)")
      return { database }
    }),
    ({ database }) => Effect.sync(() => database.close())
  )

export const audit = ({ path }: { readonly path: string }) =>
  definePlugin({
    name: "audit",
    version: 1,
    hooks: {
      input: () =>
        Effect.map(
          Audit,
          ({ database }) =>
            ({ index, ok }: Outcome<unknown, unknown>) =>
              Effect.sync(() => void database.prepare("INSERT INTO outcomes VALUES (?, ?)").run(index, ok ? 1 : 0))
        )
    },
    layer: Layer.effect(Audit, open(path))
  })
