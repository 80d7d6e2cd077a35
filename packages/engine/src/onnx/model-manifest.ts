/** `manifest.json` in a model's folder: the description of a pretrained model or an image encoder. */
import * as Result from "effect/Result"
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
  "image-to-text",
  "image-to-image",
  "text-to-image",
  "multimodal-to-text",
  "optical-character-recognizer"
] as const

/** One of them. */
export type ServedType = (typeof servedTypes)[number]

/** One number, or one for each channel. */
const PerChannel = Schema.Union([
  Schema.Tuple([Schema.Finite]),
  Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite])
])
const Size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4096 }))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
/** The name of an output, or several whose rows are joined. */
const Names = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** How an image becomes the input of an ONNX graph. What the graph states itself may be left out. */
const ImageInput = Schema.Struct({
  /** The graph's input for the image. @default the only input with four dimensions */
  input: Schema.optionalKey(Schema.String),
  /** @default the graph's own */
  width: Schema.optionalKey(Size),
  /** @default the graph's own */
  height: Schema.optionalKey(Size),
  /** `fill` stretches, `cover` crops around the middle, `contain` pads with grey. @default "fill" */
  fit: Schema.optionalKey(Schema.Literals(["fill", "cover", "contain"])),
  /** @default the graph's own */
  layout: Schema.optionalKey(Schema.Literals(["nchw", "nhwc"])),
  order: Schema.optionalKey(Schema.Literals(["rgb", "bgr"])),
  /** Pixels 0..255 are divided by this, then `mean` is subtracted and the result divided by `std`. @default 255 */
  scale: Schema.optionalKey(Schema.Finite),
  mean: Schema.optionalKey(PerChannel),
  std: Schema.optionalKey(PerChannel)
})

/** Anchors of a detector in the order of its rows: `perCell` boxes at the centre of each of `cells` × `cells` cells. */
const AnchorLayer = Schema.Struct({ cells: Size, perCell: Size })

/** The meaning of an ONNX graph's outputs; may be left out if there is only one. */
const GraphOutputs = Schema.Struct({
  scores: Schema.optionalKey(Names),
  boxes: Schema.optionalKey(Names),
  classes: Schema.optionalKey(Schema.String),
  /** One output whose rows hold box, score and class together. */
  rows: Schema.optionalKey(Schema.String),
  /** What a row holds; `scores` stands for one score for each label. @default by the length of a row */
  columns: Schema.optionalKey(
    Schema.Literals(["box-score-class", "box-class-score", "box-scores", "box-objectness-scores"])
  ),
  activation: Schema.optionalKey(Schema.Literals(["none", "softmax", "sigmoid"])),
  boxFormat: Schema.optionalKey(Schema.Literals(["xyxy", "yxyx", "xywh", "cxcywh"])),
  /** True if boxes are fractions of the graph's input, false if they are pixels of it. @default true */
  normalized: Schema.optionalKey(Schema.Boolean),
  anchors: Schema.optionalKey(Schema.Array(AnchorLayer)),
  /** Which class means that there is nothing; it has no label. */
  background: Schema.optionalKey(Schema.Literals(["first", "last"])),
  /** Boxes with a lower score are left out, unless a call sets `min_value`. @default 0.1 */
  minScore: Schema.optionalKey(Share),
  /** Of boxes of one class that overlap more (intersection over union), the best stays. @default 0.5 with anchors, else 1 */
  maxOverlap: Schema.optionalKey(Share),
  /** Where the classes of a mask, or the numbers of a feature map, are: first or last. @default by its shape */
  layout: Schema.optionalKey(Schema.Literals(["nchw", "nhwc"])),
  /** From which score on a pixel belongs to a mask of one class. @default 0.5 */
  threshold: Schema.optionalKey(Share),
  /** Of an embedding for each token: the first one, the last one, or the mean. */
  pooling: Schema.optionalKey(Schema.Literals(["first", "last", "mean"])),
  normalize: Schema.optionalKey(Schema.Boolean),
  /** The numbers that mean black and white in an image that a graph draws. @default [0, 1]; [0, 255] for integers */
  range: Schema.optionalKey(Schema.Tuple([Schema.Finite, Schema.Finite]))
})

/** A graph that reads a line of text, and the characters that it knows. */
const TextReader = Schema.Struct({
  file: Schema.String,
  /** A file with one character in each line, in the order of the graph's classes after the first, which is blank. */
  dictionary: Schema.String,
  /** @default 48 */
  height: Schema.optionalKey(Size),
  /** Shorter lines are padded to this width. @default 320 */
  width: Schema.optionalKey(Size),
  order: Schema.optionalKey(Schema.Literals(["rgb", "bgr"])),
  mean: Schema.optionalKey(PerChannel),
  std: Schema.optionalKey(PerChannel)
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
  /** Other version ids that this model answers to, such as those in a client's code. */
  versions: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Other ids that mean this model, such as the hexadecimal ones of old clients. */
  aliases: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Names in the order of the scores, with or without ids. Models of transformers.js contain their labels. */
  labels: Schema.optionalKey(Schema.Array(Schema.Union([Schema.String, Label]))),
  /** The graph's file in the folder. @default "model.onnx" */
  file: Schema.optionalKey(Schema.String),
  image: Schema.optionalKey(ImageInput),
  outputs: Schema.optionalKey(GraphOutputs),
  /** Constant values of the graph's other inputs, by name. */
  inputs: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.Finite))),
  /** The second graph of an `optical-character-recognizer`, which reads the lines that the first one finds. */
  reader: Schema.optionalKey(TextReader),
  /** The input of a `text-to-image` graph that takes random numbers (a normal distribution), of a fixed shape. */
  noise: Schema.optionalKey(Schema.String),
  /** What stands before a text that is embedded, by the call's `input_type`; `default` for calls without one. */
  prefixes: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** What a model of images and texts is asked that serves as `image-to-text`. */
  prompt: Schema.optionalKey(Schema.String),
  /** The sentence in which a model that compares with words puts each of them, as `{}`. */
  template: Schema.optionalKey(Schema.String.check(Schema.isPattern(/\{\}/))),
  /** The pipeline of transformers.js. @default by the type */
  task: Schema.optionalKey(Schema.String),
  dtype: Schema.optionalKey(Schema.String),
  /** A model of the hub, downloaded at the first prediction, if the engine allows hubs. */
  hub: Schema.optionalKey(Schema.String)
})

/** A decoded manifest. */
export type ManifestValue = typeof Manifest.Type

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Manifest), { errors: "all" })

/** Decodes a manifest; the failure is one line that names the member that is invalid. */
export const parseManifest = (text: string): Result.Result<ManifestValue, string> =>
  Result.mapError(decode(text), ({ message }) => message.replaceAll(/\s+/g, " ").slice(0, 600))
