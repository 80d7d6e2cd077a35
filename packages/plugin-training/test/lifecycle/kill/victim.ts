/** The process that is killed: runs one training until it ends, is killed, or reaches a number of journal entries. */
import { writeSync } from "node:fs"
import { join } from "node:path"
import { clarifai, sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { Effect } from "effect"
import { fileJournal, folder, type Journal, training } from "../../../src/index.ts"

/** Prints a line with one system call, so that it is complete before anything else happens. */
const print = (...words: ReadonlyArray<string>): void => void writeSync(1, `${words.join(" ")}\n`)

const [place = "", service = "", line = "none"] = process.argv.slice(2)

/** A journal that kills its process after the nth entry. */
const killAfter = (journal: Journal, nth: number): Journal => {
  let lines = 0
  return {
    ...journal,
    append: (id, entry) =>
      Effect.map(journal.append(id, entry), () => {
        print("noted", entry._tag)
        if (++lines === nth) process.kill(process.pid, "SIGKILL")
      })
  }
}
await using connection =
  service === ""
    ? engine({ directory: join(place, "engine"), embedder: "fast", workers: 1, limits: { inputsPerCall: 8 } })
    : clarifai({ baseUrl: service, pat: "kill", userId: "me", appId: "main", limits: { inputsPerAdd: 8 } })
const app = sightline(connection).use(
  training({ journal: killAfter(fileJournal(join(place, "journal")), Number(line)) })
)
print("ready")
const result = await app
  .train("pets")
  .concepts("cat", "dog", "fox")
  .examples(folder(join(place, "photos")))
  .mutuallyExclusive()
  .holdout(0.2)
  .seed(7)
  .result({ onEvent: ({ state }) => print("state", state) })
if (result.ok) print("done", result.value.versionId, JSON.stringify(result.value.evaluation))
else print("failed", result.error._tag)
