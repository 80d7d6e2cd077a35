/** `GET models/types`: what kinds of models this engine knows, and which of them it trains. */
import { StatusCode } from "@sightline/core/status"
import type { ModelTypeWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { answer, type Handler, readPage } from "../protocol/request.ts"
import { wireError } from "../protocol/wire-error.ts"

/** Source: the protocol's model types, as its documentation of 2024 names them. */
export const modelTypes: ReadonlyArray<ModelTypeWire> = [
  {
    id: "embedding-classifier",
    title: "Transfer-learn classifier",
    description: "A head over embeddings, trained from an app's inputs",
    input_fields: ["image"],
    output_fields: ["concepts"],
    trainable: true,
    creatable: true
  },
  {
    id: "visual-classifier",
    title: "Visual classifier",
    description: "Classifies an image or video",
    input_fields: ["image", "video"],
    output_fields: ["concepts"]
  },
  {
    id: "visual-detector",
    title: "Visual detector",
    description: "Finds objects in an image or video",
    input_fields: ["image", "video"],
    output_fields: ["regions[...].region_info.bounding_box", "regions[...].data.concepts"]
  },
  {
    id: "visual-segmenter",
    title: "Visual segmenter",
    description: "Finds the areas of objects in an image",
    input_fields: ["image"],
    output_fields: ["regions[...].region_info.mask", "regions[...].data.concepts"]
  },
  {
    id: "optical-character-recognizer",
    title: "Optical character recognizer",
    description: "Reads the text in an image",
    input_fields: ["image", "video"],
    output_fields: ["regions[...].region_info.bounding_box", "regions[...].data.text", "text"]
  },
  {
    id: "visual-embedder",
    title: "Visual embedder",
    description: "Turns an image into a vector",
    input_fields: ["image", "video"],
    output_fields: ["embeddings"]
  },
  {
    id: "text-classifier",
    title: "Text classifier",
    description: "Classifies a text",
    input_fields: ["text"],
    output_fields: ["concepts"]
  },
  {
    id: "text-embedder",
    title: "Text embedder",
    description: "Turns a text into a vector",
    input_fields: ["text"],
    output_fields: ["embeddings"]
  },
  {
    id: "text-to-text",
    title: "Text to text",
    description: "Continues a text",
    input_fields: ["text"],
    output_fields: ["text"]
  },
  {
    id: "audio-to-text",
    title: "Audio to text",
    description: "Transcribes speech",
    input_fields: ["audio"],
    output_fields: ["text"]
  },
  {
    id: "text-to-audio",
    title: "Text to audio",
    description: "Speaks a text",
    input_fields: ["text"],
    output_fields: ["audio"]
  },
  {
    id: "image-to-text",
    title: "Image to text",
    description: "Describes an image",
    input_fields: ["image"],
    output_fields: ["text"]
  },
  {
    id: "image-to-image",
    title: "Image to image",
    description: "Makes an image of an image",
    input_fields: ["image"],
    output_fields: ["image"]
  },
  {
    id: "text-to-image",
    title: "Text to image",
    description: "Makes an image of a text",
    input_fields: ["text"],
    output_fields: ["image"]
  },
  {
    id: "multimodal-to-text",
    title: "Image and text to text",
    description: "Answers a text about an image",
    input_fields: ["image", "text"],
    output_fields: ["text"]
  }
]

export const listModelTypes: Handler<"ListModelTypes"> = ({ request }) => {
  const { limit, offset } = readPage(request)
  return Effect.succeed(answer({ model_types: modelTypes.slice(offset, offset + limit) }))
}

export const getModelType: Handler<"GetModelType"> = ({ request }) => {
  const { model_type_id: wanted = "" } = request
  const found = modelTypes.find(({ id }) => id === wanted)
  return found === undefined
    ? Effect.fail(
        wireError(StatusCode.CONN_DOES_NOT_EXIST, `model_type_id '${wanted}' not found. Check the url of your request.`)
      )
    : Effect.succeed(answer({ model_type: found }))
}
