/** The process that is killed: runs one training to its end, or as far as it gets, or as it may. */
import { writeSync } from "node:fs"
import { join } from "node:path"
import { clarifai, sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { Effect } from "effect"
import { fileJournal, folder, type Journal, training } from "../../src/index.ts"

/** Written with one system call, so that a line is out before anything else happens. */
const say = (...words: ReadonlyArray<string>): void => void writeSync(1, `${words.join(" ")}\n`)

const [place = "", service = "", line = "none"] = process.argv.slice(2)

/** A journal whose process dies as soon as its nth line is safe. */
const deadly = (journal: Journal, nth: number): Journal => {
  let lines = 0
  return {
    ...journal,
    append: (id, entry) =>
      Effect.map(journal.append(id, entry), () => {
        say("noted", entry._tag)
        if (++lines === nth) process.kill(process.pid, "SIGKILL")
      })
  }
}
await using connection =
  service === ""
    ? engine({ directory: join(place, "engine"), embedder: "fast", workers: 1, limits: { inputsPerCall: 8 } })
    : clarifai({ baseUrl: service, pat: "kill", userId: "me", appId: "main", limits: { inputsPerAdd: 8 } })
const app = sightline(connection).use(training({ journal: deadly(fileJournal(join(place, "journal")), Number(line)) }))
say("ready")
const result = await app
  .train("pets")
  .concepts("cat", "dog", "fox")
  .examples(folder(join(place, "photos")))
  .mutuallyExclusive()
  .holdout(0.2)
  .seed(7)
  .result({ onEvent: ({ state }) => say("state", state) })
if (result.ok) say("done", result.value.versionId, JSON.stringify(result.value.evaluation))
else say("failed", result.error._tag)
