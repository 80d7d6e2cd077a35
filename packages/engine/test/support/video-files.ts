import { join } from "node:path"
import { freshEngine } from "./fresh-engine.ts"
import { putClassifier } from "../models/pretrained/tiny-models.ts"

/** The body that asks about one clip. */
export const ofVideo = (bytes: Uint8Array, config: object = {}) => ({
  inputs: [{ id: "clip", data: { video: { base64: Buffer.from(bytes).toString("base64") } } }],
  model: { output_info: { output_config: config } }
})

/** An engine with the classifier `tiny`. */
export const withClassifier = (options: Parameters<typeof freshEngine>[0] = {}) => {
  const local = freshEngine(options)
  putClassifier(join(local.directory, "models"), "tiny")
  return local
}
