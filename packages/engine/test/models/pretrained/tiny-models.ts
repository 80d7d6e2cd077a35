/** Model folders that tests make: tiny, valid, with answers that can be worked out by hand. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { elements, writeGraph } from "./onnx-graph.ts"

const image = { name: "pixels", type: elements.float, shape: [1, 3, 8, 8] }
const preprocessing = { width: 8, height: 8, fit: "fill" }
const colors = ["red", "green", "blue"]

/** Writes a model folder. */
export const put = (folder: string, id: string, files: Readonly<Record<string, object | Uint8Array>>): void => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, id, name)
    mkdirSync(join(path, ".."), { recursive: true })
    writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content))
  }
}

/** The mean colour as scores: the reddest image is "red". */
export const putClassifier = (folder: string, id: string, extra: object = {}): void =>
  put(folder, id, {
    "manifest.json": {
      type: "visual-classifier",
      runtime: "onnx",
      image: preprocessing,
      labels: colors,
      outputs: { activation: "none" },
      ...extra
    },
    "model.onnx": writeGraph({
      inputs: [image],
      outputs: [{ name: "scores", type: elements.float, shape: [1, 3] }],
      operations: [
        { op: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"] },
        { op: "Flatten", inputs: ["pooled"], outputs: ["scores"] }
      ]
    })
  })

/** The mean colour as a vector. */
export const putEmbedder = (folder: string, id: string): void => {
  putClassifier(folder, id, { type: "visual-embedder", outputs: { normalize: true } })
}

/** Two boxes that never move, scored by the mean colour. */
export const putDetector = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": {
      type: "visual-detector",
      runtime: "onnx",
      image: preprocessing,
      labels: colors,
      outputs: { boxes: "boxes", scores: "scores", boxFormat: "cxcywh", normalized: true }
    },
    "model.onnx": writeGraph({
      inputs: [image],
      outputs: [
        { name: "boxes", type: elements.float, shape: [1, 2, 4] },
        { name: "scores", type: elements.float, shape: [1, 2, 3] }
      ],
      constants: [
        { name: "fixed", shape: [1, 2, 4], data: new Float32Array([0.5, 0.5, 0.5, 0.25, 0.25, 0.75, 0.5, 0.5]) },
        { name: "halves", shape: [1, 2, 1], data: new Float32Array([1, 0.5]) },
        { name: "row", shape: [3], data: new BigInt64Array([1n, 1n, 3n]) }
      ],
      operations: [
        { op: "Identity", inputs: ["fixed"], outputs: ["boxes"] },
        { op: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"] },
        { op: "Reshape", inputs: ["pooled", "row"], outputs: ["mean"] },
        { op: "Mul", inputs: ["mean", "halves"], outputs: ["scores"] }
      ]
    })
  })

/** Each pixel belongs to its strongest colour. */
export const putSegmenter = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "visual-segmenter", runtime: "onnx", image: preprocessing, labels: colors },
    "model.onnx": writeGraph({
      inputs: [image],
      outputs: [{ name: "classes", type: elements.float, shape: [1, 3, 8, 8] }],
      operations: [{ op: "Identity", inputs: ["pixels"], outputs: ["classes"] }]
    })
  })

const words = ["[UNK]", "[PAD]", "bad", "good", "fine"]

const tokenizer = {
  version: "1.0",
  added_tokens: [],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, index) => [word, index])), unk_token: "[UNK]" }
}

const tokenizerConfig = {
  tokenizer_class: "PreTrainedTokenizerFast",
  unk_token: "[UNK]",
  pad_token: "[PAD]",
  model_max_length: 16
}

/** One row of numbers for each word. */
const table = { name: "table", shape: [5, 2], data: new Float32Array([0, 0, 0, 0, 4, -4, -4, 4, 0, 1]) }

const textInputs = [
  { name: "input_ids", type: elements.int64, shape: ["batch", "tokens"] },
  { name: "attention_mask", type: elements.int64, shape: ["batch", "tokens"] }
]

/** Words vote: "good" for positive, "bad" for negative. */
export const putTextClassifier = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "text-classifier", runtime: "transformers" },
    "config.json": {
      model_type: "distilbert",
      architectures: ["DistilBertForSequenceClassification"],
      id2label: { 0: "negative", 1: "positive" }
    },
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": tokenizerConfig,
    "onnx/model.onnx": writeGraph({
      inputs: textInputs,
      outputs: [{ name: "logits", type: elements.float, shape: ["batch", 2] }],
      constants: [table],
      operations: [
        { op: "Gather", inputs: ["table", "input_ids"], outputs: ["rows"] },
        { op: "ReduceMean", inputs: ["rows"], outputs: ["logits"], attributes: { axes: [1], keepdims: 0 } }
      ]
    })
  })

/** One vector for each word; the pipeline takes their mean, unless `extra` of the manifest has another pooling. */
export const putTextEmbedder = (folder: string, id: string, extra: object = {}): void =>
  put(folder, id, {
    "manifest.json": { type: "text-embedder", runtime: "transformers", ...extra },
    "config.json": { model_type: "distilbert", architectures: ["DistilBertModel"] },
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": tokenizerConfig,
    "onnx/model.onnx": writeGraph({
      inputs: textInputs,
      outputs: [{ name: "last_hidden_state", type: elements.float, shape: ["batch", "tokens", 2] }],
      constants: [table],
      operations: [{ op: "Gather", inputs: ["table", "input_ids"], outputs: ["last_hidden_state"] }]
    })
  })

const letters = ["<pad>", "</s>", "a", "b", "c", "d"]

/** After each letter comes the next one, after "d" the end: a text generator with a past that only counts. */
export const putTextGenerator = (folder: string, id: string, template?: string): void => {
  const size = letters.length
  const follow = [1, 1, 3, 4, 5, 1]
  const rows = new Float32Array(size * size)
  for (const [from, to] of follow.entries()) rows[from * size + to] = 10
  const past = (name: string) => ({ name, type: elements.float, shape: ["batch", 1, "past", 1] })
  put(folder, id, {
    "manifest.json": { type: "text-to-text", runtime: "transformers" },
    "config.json": {
      model_type: "gpt2",
      architectures: ["GPT2LMHeadModel"],
      n_layer: 1,
      n_head: 1,
      n_embd: 1,
      vocab_size: size,
      eos_token_id: 1,
      pad_token_id: 0
    },
    "generation_config.json": { eos_token_id: 1, pad_token_id: 0 },
    "tokenizer.json": {
      ...tokenizer,
      normalizer: null,
      pre_tokenizer: { type: "Whitespace" },
      added_tokens: [
        { id: 0, content: "<pad>", special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
        { id: 1, content: "</s>", special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }
      ],
      model: {
        type: "WordLevel",
        vocab: Object.fromEntries(letters.map((letter, index) => [letter, index])),
        unk_token: "<pad>"
      }
    },
    "tokenizer_config.json": {
      tokenizer_class: "PreTrainedTokenizerFast",
      pad_token: "<pad>",
      eos_token: "</s>",
      ...(template === undefined ? {} : { chat_template: template })
    },
    "onnx/model.onnx": writeGraph({
      inputs: [...textInputs, past("past_key_values.0.key"), past("past_key_values.0.value")],
      outputs: [
        { name: "logits", type: elements.float, shape: ["batch", "tokens", size] },
        past("present.0.key"),
        past("present.0.value")
      ],
      constants: [
        { name: "next", shape: [size, size], data: rows },
        { name: "axes", shape: [2], data: new BigInt64Array([1n, 3n]) }
      ],
      operations: [
        { op: "Gather", inputs: ["next", "input_ids"], outputs: ["logits"] },
        { op: "Cast", inputs: ["input_ids"], outputs: ["ids"], attributes: { to: elements.float } },
        { op: "Unsqueeze", inputs: ["ids", "axes"], outputs: ["now"] },
        { op: "Concat", inputs: ["past_key_values.0.key", "now"], outputs: ["present.0.key"], attributes: { axis: 2 } },
        {
          op: "Concat",
          inputs: ["past_key_values.0.value", "now"],
          outputs: ["present.0.value"],
          attributes: { axis: 2 }
        }
      ]
    })
  })
}

/** Loud is "a", quiet is "b": a listener that spells what it hears, one letter for each 320 samples. */
export const putListener = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "audio-to-text", runtime: "transformers" },
    "config.json": { model_type: "wav2vec2", architectures: ["Wav2Vec2ForCTC"], vocab_size: 4 },
    "preprocessor_config.json": {
      feature_extractor_type: "Wav2Vec2FeatureExtractor",
      do_normalize: false,
      feature_size: 1,
      sampling_rate: 16_000,
      return_attention_mask: false
    },
    "tokenizer.json": {
      ...tokenizer,
      normalizer: null,
      added_tokens: [
        { id: 0, content: "<pad>", special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }
      ],
      decoder: { type: "CTC", pad_token: "<pad>", word_delimiter_token: "|", cleanup: true },
      model: { type: "WordLevel", vocab: { "<pad>": 0, "|": 1, a: 2, b: 3 }, unk_token: "<pad>" }
    },
    "tokenizer_config.json": { tokenizer_class: "Wav2Vec2CTCTokenizer", pad_token: "<pad>", word_delimiter_token: "|" },
    "onnx/model.onnx": writeGraph({
      inputs: [{ name: "input_values", type: elements.float, shape: ["batch", "samples"] }],
      outputs: [{ name: "logits", type: elements.float, shape: ["batch", "letters", 4] }],
      constants: [
        { name: "axis", shape: [1], data: new BigInt64Array([1n]) },
        // loudness votes for "a"; a quarter, always there, for "b"
        {
          name: "kernel",
          shape: [4, 1, 320],
          data: Float32Array.from({ length: 1280 }, (_, i) => (i >= 640 && i < 960 ? 1 : 0))
        },
        { name: "bias", shape: [4], data: new Float32Array([-9, -9, 0, 80]) }
      ],
      operations: [
        { op: "Abs", inputs: ["input_values"], outputs: ["loud"] },
        { op: "Unsqueeze", inputs: ["loud", "axis"], outputs: ["channel"] },
        {
          op: "Conv",
          inputs: ["channel", "kernel", "bias"],
          outputs: ["votes"],
          attributes: { strides: [320], kernel_shape: [320] }
        },
        { op: "Transpose", inputs: ["votes"], outputs: ["logits"], attributes: { perm: [0, 2, 1] } }
      ]
    })
  })

/** Says each letter as a hundred samples of its own loudness. */
export const putSpeaker = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "text-to-audio", runtime: "transformers" },
    "config.json": { model_type: "vits", architectures: ["VitsModel"], sampling_rate: 16_000 },
    "tokenizer.json": {
      ...tokenizer,
      model: {
        type: "WordLevel",
        vocab: Object.fromEntries(words.map((word, index) => [word, index])),
        unk_token: "[UNK]"
      }
    },
    "tokenizer_config.json": tokenizerConfig,
    "onnx/model.onnx": writeGraph({
      inputs: textInputs,
      outputs: [{ name: "waveform", type: elements.float, shape: ["batch", "samples"] }],
      constants: [
        { name: "tenth", shape: [1], data: new Float32Array([0.1]) },
        { name: "axis", shape: [1], data: new BigInt64Array([2n]) },
        { name: "repeat", shape: [3], data: new BigInt64Array([1n, 1n, 100n]) },
        { name: "flat", shape: [2], data: new BigInt64Array([1n, -1n]) }
      ],
      operations: [
        { op: "Cast", inputs: ["input_ids"], outputs: ["ids"], attributes: { to: elements.float } },
        { op: "Mul", inputs: ["ids", "tenth"], outputs: ["loud"] },
        { op: "Unsqueeze", inputs: ["loud", "axis"], outputs: ["one"] },
        { op: "Tile", inputs: ["one", "repeat"], outputs: ["many"] },
        { op: "Reshape", inputs: ["many", "flat"], outputs: ["waveform"] }
      ]
    })
  })

/** transformers.js on images: the mean colour again, through its own preprocessing. */
export const putVit = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "visual-classifier", runtime: "transformers" },
    "config.json": {
      model_type: "vit",
      architectures: ["ViTForImageClassification"],
      id2label: { 0: "red", 1: "green", 2: "blue" }
    },
    "preprocessor_config.json": {
      image_processor_type: "ViTImageProcessor",
      do_resize: true,
      size: { width: 8, height: 8 },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: false,
      resample: 2
    },
    "onnx/model.onnx": writeGraph({
      inputs: [{ name: "pixel_values", type: elements.float, shape: ["batch", 3, 8, 8] }],
      outputs: [{ name: "logits", type: elements.float, shape: ["batch", 3] }],
      operations: [
        { op: "GlobalAveragePool", inputs: ["pixel_values"], outputs: ["pooled"] },
        { op: "Flatten", inputs: ["pooled"], outputs: ["logits"] }
      ]
    })
  })
