/** Which apps hold something. */
import type { Database } from "./database.ts"

/** The scopes of all rows, in order. */
export const listApps = (db: Database): ReadonlyArray<string> =>
  db
    .all<{ readonly app: string }>(
      "SELECT app FROM inputs UNION SELECT app FROM models UNION SELECT app FROM concepts UNION SELECT app FROM workflows ORDER BY 1"
    )
    .map(({ app }) => app)
