/** A program as a user writes it: opens an app on a folder, asks once, says what came of it, and ends by itself. */
import { sightline } from "@sightline/core"
import { engine } from "../../src/index.ts"

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

// root writes where it likes; the second argument says as whom to go on
const uid = process.argv[3]
if (uid !== undefined) process.setuid?.(Number(uid))

{
  const local = engine({ directory: process.argv[2] ?? "", embedder: "fast", workers: 1 })
  await using app = sightline(local)
  const asked = await app.text("hello").predict("none").result()
  if (!asked.ok) say({ asked: asked.error._tag, retryable: asked.error.retryable, message: asked.error.message })
  const served = await local.serve().catch((cause: unknown) => cause)
  if (served instanceof Error) say({ served: served.name, message: served.message })
}
say({ disposed: true })
