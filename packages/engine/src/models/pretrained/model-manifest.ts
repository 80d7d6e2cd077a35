/** `models/<id>/manifest.json`: the description of a pretrained model. */
import * as Schema from "effect/Schema"

/** The kinds of models that can be served from a folder. */
export const servedTypes = [
  "visual-classifier",
  "visual-detector",
  "visual-segmenter",
  "visual-embedder",
  "text-classifier",
  "text-embedder",
  "text-to-text",
  "audio-to-text",
  "text-to-audio",
  "image-to-text"
] as const

/** One of them. */
export type ServedType = (typeof servedTypes)[number]

const Triple = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite])
const Size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4096 }))

/** How an image becomes the input of an ONNX graph. */
const ImageInput = Schema.Struct({
  width: Size,
  height: Size,
  /** `fill` stretches, `cover` crops around the middle, `contain` pads with grey. */
  fit: Schema.optionalKey(Schema.Literals(["fill", "cover", "contain"])),
  layout: Schema.optionalKey(Schema.Literals(["nchw", "nhwc"])),
  order: Schema.optionalKey(Schema.Literals(["rgb", "bgr"])),
  /** Pixels 0..255 are divided by this, then `mean` is subtracted and the result divided by `std`. @default 255 */
  scale: Schema.optionalKey(Schema.Finite),
  mean: Schema.optionalKey(Triple),
  std: Schema.optionalKey(Triple)
})

/** The meaning of an ONNX graph's outputs; may be left out if there is only one. */
const GraphOutputs = Schema.Struct({
  scores: Schema.optionalKey(Schema.String),
  boxes: Schema.optionalKey(Schema.String),
  classes: Schema.optionalKey(Schema.String),
  activation: Schema.optionalKey(Schema.Literals(["none", "softmax", "sigmoid"])),
  boxFormat: Schema.optionalKey(Schema.Literals(["xyxy", "yxyx", "xywh", "cxcywh"])),
  /** True if boxes are fractions of the image, false if they are pixels of the graph's input. */
  normalized: Schema.optionalKey(Schema.Boolean),
  normalize: Schema.optionalKey(Schema.Boolean)
})

const Label = Schema.Struct({ id: Schema.String, name: Schema.String })

/** The file's shape. Unknown members are ignored. */
export const Manifest = Schema.Struct({
  type: Schema.Literals(servedTypes),
  runtime: Schema.Literals(["onnx", "transformers"]),
  name: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  userId: Schema.optionalKey(Schema.String),
  appId: Schema.optionalKey(Schema.String),
  version: Schema.optionalKey(Schema.String),
  /** Other ids that mean this model, such as the hexadecimal ones of old clients. */
  aliases: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Names in the order of the scores, with or without ids. Models of transformers.js contain their labels. */
  labels: Schema.optionalKey(Schema.Array(Schema.Union([Schema.String, Label]))),
  /** The graph's file in the folder. @default "model.onnx" */
  file: Schema.optionalKey(Schema.String),
  image: Schema.optionalKey(ImageInput),
  outputs: Schema.optionalKey(GraphOutputs),
  /** The pipeline of transformers.js. @default by the type */
  task: Schema.optionalKey(Schema.String),
  dtype: Schema.optionalKey(Schema.String),
  /** A model of the hub, downloaded at the first prediction, if the engine allows hubs. */
  hub: Schema.optionalKey(Schema.String)
})

/** A decoded manifest. */
export type ManifestValue = typeof Manifest.Type

/** Decodes a manifest; the failure names the member that is invalid. */
export const parseManifest = Schema.decodeUnknownResult(Schema.fromJsonString(Manifest), { errors: "all" })
