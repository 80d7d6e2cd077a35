/** Loads a model of a folder by the runtime and the type that its manifest states. */
import type { LoadedModel, ModelSetup } from "./model-process/model-messages.ts"
import { loadOnnx } from "./onnx-model.ts"
import { loadTextModel } from "./tasks/optical-character-recognition.ts"
import { loadImageMaker } from "./tasks/text-to-image.ts"
import { loadTransformers } from "./transformers-model.ts"

/** Loads a model and runs it once on a neutral input. Rejects with what its files and its manifest disagree on. */
export const loadModel = (setup: ModelSetup): Promise<LoadedModel> => {
  const { runtime, type } = setup.manifest
  if (runtime === "transformers") return loadTransformers(setup)
  if (type === "optical-character-recognizer") return loadTextModel(setup)
  return type === "text-to-image" ? loadImageMaker(setup) : loadOnnx(setup)
}
