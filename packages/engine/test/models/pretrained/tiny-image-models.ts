/** Model folders in the layout of transformers.js that see: a detector, a segmenter and a captioner, all by colour. */
import { elements, writeGraph } from "./onnx-graph.ts"
import { put } from "./tiny-models.ts"

const labels = { 0: "red", 1: "green", 2: "blue" }
const pixels = { name: "pixel_values", type: elements.float, shape: ["batch", 3, 8, 8] }

const preprocessing = (type: string) => ({
  image_processor_type: type,
  do_resize: true,
  size: { width: 8, height: 8 },
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: false,
  resample: 2
})

const ints = (...values: ReadonlyArray<number>) => BigInt64Array.from(values, BigInt)

/** Two boxes that never move: the first is of the picture's colour, the second is background. */
export const putYolos = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "visual-detector", runtime: "transformers" },
    "config.json": { model_type: "yolos", architectures: ["YolosForObjectDetection"], id2label: labels },
    "preprocessor_config.json": preprocessing("YolosImageProcessor"),
    "onnx/model.onnx": writeGraph({
      inputs: [pixels],
      outputs: [
        { name: "logits", type: elements.float, shape: ["batch", 2, 4] },
        { name: "pred_boxes", type: elements.float, shape: ["batch", 2, 4] }
      ],
      constants: [
        { name: "fixed", shape: [1, 2, 4], data: new Float32Array([0.5, 0.5, 0.5, 0.25, 0.25, 0.75, 0.5, 0.5]) },
        { name: "row", shape: [3], data: ints(1, 1, 3) },
        { name: "sure", shape: [1, 2, 1], data: new Float32Array([20, -20]) },
        { name: "background", shape: [1, 2, 1], data: new Float32Array([1, 1]) }
      ],
      operations: [
        { op: "Identity", inputs: ["fixed"], outputs: ["pred_boxes"] },
        { op: "GlobalAveragePool", inputs: ["pixel_values"], outputs: ["pooled"] },
        { op: "Reshape", inputs: ["pooled", "row"], outputs: ["mean"] },
        { op: "Mul", inputs: ["mean", "sure"], outputs: ["colors"] },
        { op: "Concat", inputs: ["colors", "background"], outputs: ["logits"], attributes: { axis: 2 } }
      ]
    })
  })

/** Each pixel belongs to its strongest colour. */
export const putSegformer = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "visual-segmenter", runtime: "transformers" },
    "config.json": { model_type: "segformer", architectures: ["SegformerForSemanticSegmentation"], id2label: labels },
    "preprocessor_config.json": preprocessing("SegformerImageProcessor"),
    "onnx/model.onnx": writeGraph({
      inputs: [pixels],
      outputs: [{ name: "logits", type: elements.float, shape: ["batch", 3, 8, 8] }],
      operations: [{ op: "Identity", inputs: ["pixel_values"], outputs: ["logits"] }]
    })
  })

const words = ["<pad>", "</s>", "red", "green", "blue"]
const special = (id: number) => ({
  id,
  content: words[id],
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false
})

/** Says the picture's colour, and no more: an encoder that sees, and a decoder that ends after one word. */
export const putCaptioner = (folder: string, id: string): void => {
  const size = words.length
  // what may follow each word: a colour after the beginning, the end after a colour
  const follow = new Float32Array(size * size)
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++) follow[from * size + to] = from < 2 ? (to < 2 ? -100 : 0) : to === 1 ? 100 : 0
  const colors = new Float32Array(3 * size)
  for (let color = 0; color < 3; color++) colors[color * size + color + 2] = 10
  put(folder, id, {
    "manifest.json": { type: "image-to-text", runtime: "transformers" },
    "config.json": {
      model_type: "vision-encoder-decoder",
      architectures: ["VisionEncoderDecoderModel"],
      is_encoder_decoder: true,
      decoder_start_token_id: 1,
      eos_token_id: 1,
      pad_token_id: 0,
      encoder: { model_type: "vit" },
      decoder: { model_type: "gpt2", n_layer: 1, n_head: 1, n_embd: 1, vocab_size: size }
    },
    "generation_config.json": { decoder_start_token_id: 1, eos_token_id: 1, pad_token_id: 0 },
    "preprocessor_config.json": preprocessing("ViTImageProcessor"),
    "tokenizer.json": {
      version: "1.0",
      added_tokens: [special(0), special(1)],
      normalizer: null,
      pre_tokenizer: { type: "Whitespace" },
      post_processor: null,
      decoder: null,
      model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, i) => [word, i])), unk_token: "<pad>" }
    },
    "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast", pad_token: "<pad>", eos_token: "</s>" },
    "onnx/encoder_model.onnx": writeGraph({
      inputs: [pixels],
      outputs: [{ name: "last_hidden_state", type: elements.float, shape: ["batch", 1, 3] }],
      constants: [{ name: "row", shape: [3], data: ints(-1, 1, 3) }],
      operations: [
        { op: "GlobalAveragePool", inputs: ["pixel_values"], outputs: ["pooled"] },
        { op: "Reshape", inputs: ["pooled", "row"], outputs: ["last_hidden_state"] }
      ]
    }),
    "onnx/decoder_model_merged.onnx": writeGraph({
      inputs: [
        { name: "input_ids", type: elements.int64, shape: ["batch", "tokens"] },
        { name: "encoder_hidden_states", type: elements.float, shape: ["batch", 1, 3] }
      ],
      outputs: [{ name: "logits", type: elements.float, shape: ["batch", "tokens", size] }],
      constants: [
        { name: "follow", shape: [size, size], data: follow },
        { name: "colors", shape: [3, size], data: colors }
      ],
      operations: [
        { op: "Gather", inputs: ["follow", "input_ids"], outputs: ["likely"] },
        { op: "MatMul", inputs: ["encoder_hidden_states", "colors"], outputs: ["seen"] },
        { op: "Add", inputs: ["likely", "seen"], outputs: ["logits"] }
      ]
    })
  })
}
