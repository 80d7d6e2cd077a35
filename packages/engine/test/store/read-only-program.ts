/** Opens a folder for reading only as another user, who cannot write it, and prints what it finds. */
import { engine } from "../../src/index.ts"
import { ask } from "../support/fresh-engine.ts"

const [, , directory = "", uid = ""] = process.argv
// The folder of the decoders is loaded by the engine's processes, which need no more rights than this one.
if (uid !== "") process.setuid?.(Number(uid))
const local = engine({ directory, embedder: "fast", workers: 1, readOnly: true })
try {
  const { body } = await ask(local.fetch, "GET /v2/inputs")
  const url = body.inputs[0].data.image.url
  const media = await local.fetch(url)
  const changed = await ask(local.fetch, "DELETE /v2/inputs", { delete_all: true })
  process.stdout.write(
    JSON.stringify({ inputs: body.inputs.length, media: media.status, changed: changed.body.status.code })
  )
} catch (cause) {
  process.stdout.write(JSON.stringify({ failed: String(cause) }))
}
await local[Symbol.asyncDispose]()
