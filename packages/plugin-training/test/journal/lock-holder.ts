/** A process that holds the lock of a training until it is killed. */
import { writeSync } from "node:fs"
import { Effect } from "effect"
import { fileJournal } from "../../src/index.ts"

const [folder = ""] = process.argv.slice(2)
const held = fileJournal(folder).hold?.("pets") ?? Effect.void
await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      yield* held
      writeSync(1, "held\n")
      yield* Effect.sleep("1 minute")
    })
  )
)
