/** `GET models/types`: what kinds of models this engine knows, and which of them it trains. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { WireObject } from "../protocol/json.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"

interface ModelType {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly input: ReadonlyArray<string>
  readonly output: ReadonlyArray<string>
  readonly trainable?: boolean
}

/** Source: the protocol's model types, as its documentation of 2024 names them. */
export const modelTypes: ReadonlyArray<ModelType> = [
  {
    id: "embedding-classifier",
    title: "Transfer-learn classifier",
    description: "A head over embeddings, trained from an app's inputs",
    input: ["image"],
    output: ["concepts"],
    trainable: true
  },
  {
    id: "visual-classifier",
    title: "Visual classifier",
    description: "Classifies an image or video",
    input: ["image", "video"],
    output: ["concepts"]
  },
  {
    id: "visual-detector",
    title: "Visual detector",
    description: "Finds objects in an image or video",
    input: ["image", "video"],
    output: ["regions[...].region_info.bounding_box", "regions[...].data.concepts"]
  },
  {
    id: "visual-segmenter",
    title: "Visual segmenter",
    description: "Finds the areas of objects in an image",
    input: ["image"],
    output: ["regions[...].region_info.mask", "regions[...].data.concepts"]
  },
  {
    id: "optical-character-recognizer",
    title: "Optical character recognizer",
    description: "Reads the text in an image",
    input: ["image", "video"],
    output: ["regions[...].region_info.bounding_box", "regions[...].data.text", "text"]
  },
  {
    id: "visual-embedder",
    title: "Visual embedder",
    description: "Turns an image into a vector",
    input: ["image", "video"],
    output: ["embeddings"]
  },
  {
    id: "text-classifier",
    title: "Text classifier",
    description: "Classifies a text",
    input: ["text"],
    output: ["concepts"]
  },
  {
    id: "text-embedder",
    title: "Text embedder",
    description: "Turns a text into a vector",
    input: ["text"],
    output: ["embeddings"]
  },
  {
    id: "text-to-text",
    title: "Text to text",
    description: "Continues a text",
    input: ["text"],
    output: ["text"]
  },
  {
    id: "audio-to-text",
    title: "Audio to text",
    description: "Transcribes speech",
    input: ["audio"],
    output: ["text"]
  },
  { id: "text-to-audio", title: "Text to audio", description: "Speaks a text", input: ["text"], output: ["audio"] },
  { id: "image-to-text", title: "Image to text", description: "Describes an image", input: ["image"], output: ["text"] }
]

const show = ({ description, id, input, output, title, trainable }: ModelType): WireObject => ({
  id,
  title,
  description,
  input_fields: input,
  output_fields: output,
  trainable: trainable === true,
  creatable: trainable === true
})

export const listModelTypes = ({ query }: Call): Effect.Effect<Answer> => {
  const { limit, offset } = readPage(query)
  return Effect.succeed(answer({ model_types: modelTypes.slice(offset, offset + limit).map(show) }))
}

export const getModelType = ({ params }: Call): Effect.Effect<Answer, WireError> => {
  const found = modelTypes.find(({ id }) => id === params["type"])
  return found === undefined
    ? Effect.fail(
        wireError(
          StatusCode.CONN_DOES_NOT_EXIST,
          `model_type_id '${params["type"] ?? ""}' not found. Check the url of your request.`
        )
      )
    : Effect.succeed(answer({ model_type: show(found) }))
}
