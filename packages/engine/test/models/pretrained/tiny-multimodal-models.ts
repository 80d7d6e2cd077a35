/** Model folders of images and texts together: one that answers questions, one that compares, two that draw. */
import { elements, writeGraph } from "./onnx-graph.ts"
import { put } from "./tiny-models.ts"

const ints = (...values: ReadonlyArray<number>) => BigInt64Array.from(values, BigInt)
const textInputs = [
  { name: "input_ids", type: elements.int64, shape: ["batch", "tokens"] },
  { name: "attention_mask", type: elements.int64, shape: ["batch", "tokens"] }
]
const pixels = { name: "pixel_values", type: elements.float, shape: ["batch", 3, 8, 8] }

const preprocessing = (type: string, extra: object = {}) => ({
  image_processor_type: type,
  do_resize: true,
  size: { width: 8, height: 8 },
  do_center_crop: false,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: false,
  resample: 2,
  ...extra
})

/** A tokenizer of whole words; the first `special` of them are special tokens. */
export const wordTokenizer = (words: ReadonlyArray<string>, special: number, extra: object = {}) => ({
  version: "1.0",
  added_tokens: words.slice(0, special).map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false
  })),
  normalizer: null,
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: words[0] },
  ...extra
})

/** Numbers of a table by row and column; the others are 0. */
export const tableOf = (
  rows: number,
  columns: number,
  cells: ReadonlyArray<readonly [number, number, number]>
): Float32Array => {
  const table = new Float32Array(rows * columns)
  for (const [row, column, value] of cells) table[row * columns + column] = value
  return table
}

const answers = ["<pad>", "</s>", "<image>", "red", "green", "blue", "what", "color"]

/** Answers with the colour of the picture, whatever is asked: an image encoder, embeddings of words, and a decoder. */
export const putSeer = (folder: string, id: string, manifest: object = { type: "multimodal-to-text" }): void => {
  const size = answers.length
  // features: red, green, blue, "a colour was said", "a word was asked"
  const width = 5
  const past = (name: string) => ({ name, type: elements.float, shape: ["batch", 1, "past", width] })
  put(folder, id, {
    "manifest.json": { runtime: "transformers", ...manifest },
    "config.json": {
      model_type: "llava",
      architectures: ["LlavaForConditionalGeneration"],
      image_token_index: 2,
      text_config: { model_type: "gpt2", n_layer: 1, n_head: 1, n_embd: width, vocab_size: size },
      eos_token_id: 1,
      pad_token_id: 0
    },
    "generation_config.json": { eos_token_id: 1, pad_token_id: 0 },
    "processor_config.json": {
      processor_class: "LlavaProcessor",
      image_token: "<image>",
      patch_size: 8,
      num_additional_image_tokens: 0
    },
    "preprocessor_config.json": preprocessing("CLIPImageProcessor", { processor_class: "LlavaProcessor" }),
    "tokenizer.json": wordTokenizer(answers, 3),
    "tokenizer_config.json": {
      tokenizer_class: "PreTrainedTokenizerFast",
      pad_token: "<pad>",
      eos_token: "</s>",
      chat_template:
        "{% for m in messages %}{% for c in m.content %}{% if c.type == 'image' %}<image> {% else %}{{ c.text }}{% endif %}{% endfor %}{% endfor %}"
    },
    "onnx/vision_encoder.onnx": writeGraph({
      inputs: [pixels],
      outputs: [{ name: "image_features", type: elements.float, shape: ["batch", 1, width] }],
      constants: [
        { name: "row", shape: [3], data: ints(-1, 1, 3) },
        {
          name: "spread",
          shape: [3, width],
          data: tableOf(3, width, [
            [0, 0, 1],
            [1, 1, 1],
            [2, 2, 1]
          ])
        }
      ],
      operations: [
        { op: "GlobalAveragePool", inputs: ["pixel_values"], outputs: ["pooled"] },
        { op: "Reshape", inputs: ["pooled", "row"], outputs: ["mean"] },
        { op: "MatMul", inputs: ["mean", "spread"], outputs: ["image_features"] }
      ]
    }),
    "onnx/embed_tokens.onnx": writeGraph({
      inputs: [{ name: "input_ids", type: elements.int64, shape: ["batch", "tokens"] }],
      outputs: [{ name: "inputs_embeds", type: elements.float, shape: ["batch", "tokens", width] }],
      constants: [
        {
          name: "words",
          shape: [size, width],
          data: tableOf(size, width, [
            [3, 3, 1],
            [4, 3, 1],
            [5, 3, 1],
            [6, 4, 1],
            [7, 4, 1]
          ])
        }
      ],
      operations: [{ op: "Gather", inputs: ["words", "input_ids"], outputs: ["inputs_embeds"] }]
    }),
    "onnx/decoder_model_merged.onnx": writeGraph({
      inputs: [
        { name: "inputs_embeds", type: elements.float, shape: ["batch", "tokens", width] },
        { name: "attention_mask", type: elements.int64, shape: ["batch", "all"] },
        past("past_key_values.0.key"),
        past("past_key_values.0.value")
      ],
      outputs: [
        { name: "logits", type: elements.float, shape: ["batch", 1, size] },
        past("present.0.key"),
        past("present.0.value")
      ],
      constants: [
        { name: "axis", shape: [1], data: ints(1) },
        {
          name: "said",
          shape: [width, size],
          data: tableOf(width, size, [
            [0, 3, 10],
            [1, 4, 10],
            [2, 5, 10],
            ...[3, 4, 5].map((color) => [3, color, -100] as const),
            [3, 1, 100]
          ])
        }
      ],
      operations: [
        { op: "Unsqueeze", inputs: ["inputs_embeds", "axis"], outputs: ["now"] },
        { op: "Concat", inputs: ["past_key_values.0.key", "now"], outputs: ["present.0.key"], attributes: { axis: 2 } },
        {
          op: "Concat",
          inputs: ["past_key_values.0.value", "now"],
          outputs: ["present.0.value"],
          attributes: { axis: 2 }
        },
        { op: "ReduceMean", inputs: ["present.0.key"], outputs: ["all"], attributes: { axes: [2], keepdims: 0 } },
        { op: "MatMul", inputs: ["all", "said"], outputs: ["logits"] }
      ]
    })
  })
}

const named = ["<pad>", "This", "is", "a", "photo", "of", "red", "green", "blue"]

/** Compares the mean colour of a picture with the words for colours; other words are like nothing. */
export const putComparer = (folder: string, id: string, extra: object = {}): void =>
  put(folder, id, {
    "manifest.json": { type: "visual-classifier", runtime: "transformers", ...extra },
    "config.json": { model_type: "clip", architectures: ["CLIPModel"] },
    "preprocessor_config.json": preprocessing("CLIPImageProcessor"),
    "tokenizer.json": wordTokenizer(named, 1),
    "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast", pad_token: "<pad>", model_max_length: 16 },
    "onnx/model.onnx": writeGraph({
      inputs: [...textInputs, pixels],
      outputs: [{ name: "logits_per_image", type: elements.float, shape: ["batch", "texts"] }],
      constants: [
        {
          name: "words",
          shape: [named.length, 3],
          data: tableOf(named.length, 3, [
            [6, 0, 60],
            [7, 1, 60],
            [8, 2, 60]
          ])
        }
      ],
      operations: [
        { op: "Gather", inputs: ["words", "input_ids"], outputs: ["each"] },
        { op: "ReduceMean", inputs: ["each"], outputs: ["texts"], attributes: { axes: [1], keepdims: 0 } },
        { op: "Transpose", inputs: ["texts"], outputs: ["turned"], attributes: { perm: [1, 0] } },
        { op: "GlobalAveragePool", inputs: ["pixel_values"], outputs: ["pooled"] },
        { op: "Flatten", inputs: ["pooled"], outputs: ["image"] },
        { op: "MatMul", inputs: ["image", "turned"], outputs: ["logits_per_image"] }
      ]
    })
  })

/** The negative of a picture, in the layout of transformers.js. */
export const putNegative = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "image-to-image", runtime: "transformers" },
    "config.json": { model_type: "swin2sr", architectures: ["Swin2SRForImageSuperResolution"] },
    "preprocessor_config.json": {
      image_processor_type: "Swin2SRImageProcessor",
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_resize: false,
      do_normalize: false,
      do_pad: true,
      pad_size: 8
    },
    "onnx/model.onnx": writeGraph({
      inputs: [{ name: "pixel_values", type: elements.float, shape: ["batch", 3, "height", "width"] }],
      outputs: [{ name: "reconstruction", type: elements.float, shape: ["batch", 3, "height", "width"] }],
      constants: [{ name: "white", shape: [1], data: new Float32Array([1]) }],
      operations: [{ op: "Sub", inputs: ["white", "pixel_values"], outputs: ["reconstruction"] }]
    })
  })

/** The negative of a picture as a plain graph of fixed size. */
export const putNegativeGraph = (folder: string, id: string): void =>
  put(folder, id, {
    "manifest.json": { type: "image-to-image", runtime: "onnx" },
    "model.onnx": writeGraph({
      inputs: [{ name: "pixels", type: elements.float, shape: [1, 3, 8, 16] }],
      outputs: [{ name: "drawn", type: elements.float, shape: [1, 3, 8, 16] }],
      constants: [{ name: "white", shape: [1], data: new Float32Array([1]) }],
      operations: [{ op: "Sub", inputs: ["white", "pixels"], outputs: ["drawn"] }]
    })
  })

/** Paints 4 x 4 pixels in the colours that a text names. */
export const putPainter = (folder: string, id: string, extra: object = {}): void =>
  put(folder, id, {
    "manifest.json": { type: "text-to-image", runtime: "onnx", ...extra },
    "tokenizer.json": wordTokenizer(named, 1),
    "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast", pad_token: "<pad>", model_max_length: 16 },
    "model.onnx": writeGraph({
      inputs: [{ name: "input_ids", type: elements.int64, shape: [1, "tokens"] }],
      outputs: [{ name: "image", type: elements.float, shape: [1, 3, 4, 4] }],
      constants: [
        {
          name: "words",
          shape: [named.length, 3],
          data: tableOf(named.length, 3, [
            [6, 0, 1],
            [7, 1, 1],
            [8, 2, 1]
          ])
        },
        { name: "one", shape: [4], data: ints(1, 3, 1, 1) },
        { name: "many", shape: [4], data: ints(1, 1, 4, 4) }
      ],
      operations: [
        { op: "Gather", inputs: ["words", "input_ids"], outputs: ["each"] },
        { op: "ReduceMean", inputs: ["each"], outputs: ["mean"], attributes: { axes: [1], keepdims: 0 } },
        { op: "Reshape", inputs: ["mean", "one"], outputs: ["pixel"] },
        { op: "Tile", inputs: ["pixel", "many"], outputs: ["image"] }
      ]
    })
  })

const spoken = ["<pad>", "</s>", "good", "bad", "gut", "schlecht"]

/** Translates a word: an encoder of one vector for each word, and a decoder that ends after one word. */
export const putTranslator = (folder: string, id: string, manifest: object = {}): void => {
  const size = spoken.length
  const follow = new Float32Array(size * size)
  // after the beginning any word, after a word the end
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++) follow[from * size + to] = from < 2 ? (to < 2 ? -100 : 0) : to === 1 ? 100 : 0
  put(folder, id, {
    "manifest.json": { type: "text-to-text", runtime: "transformers", ...manifest },
    "config.json": {
      model_type: "t5",
      architectures: ["T5ForConditionalGeneration"],
      is_encoder_decoder: true,
      decoder_start_token_id: 0,
      eos_token_id: 1,
      pad_token_id: 0,
      num_layers: 1,
      num_decoder_layers: 1,
      num_heads: 1,
      d_kv: 1,
      d_model: size,
      vocab_size: size
    },
    "generation_config.json": { decoder_start_token_id: 0, eos_token_id: 1, pad_token_id: 0 },
    "tokenizer.json": wordTokenizer(spoken, 2),
    "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast", pad_token: "<pad>", eos_token: "</s>" },
    "onnx/encoder_model.onnx": writeGraph({
      inputs: textInputs,
      outputs: [{ name: "last_hidden_state", type: elements.float, shape: ["batch", "tokens", size] }],
      constants: [
        {
          name: "words",
          shape: [size, size],
          data: tableOf(size, size, [
            [2, 4, 10],
            [3, 5, 10]
          ])
        }
      ],
      operations: [{ op: "Gather", inputs: ["words", "input_ids"], outputs: ["last_hidden_state"] }]
    }),
    "onnx/decoder_model_merged.onnx": writeGraph({
      inputs: [
        { name: "input_ids", type: elements.int64, shape: ["batch", "tokens"] },
        { name: "encoder_hidden_states", type: elements.float, shape: ["batch", "words", size] }
      ],
      outputs: [{ name: "logits", type: elements.float, shape: ["batch", "tokens", size] }],
      constants: [{ name: "follow", shape: [size, size], data: follow }],
      operations: [
        { op: "Gather", inputs: ["follow", "input_ids"], outputs: ["likely"] },
        {
          op: "ReduceMean",
          inputs: ["encoder_hidden_states"],
          outputs: ["meant"],
          attributes: { axes: [1], keepdims: 1 }
        },
        { op: "Add", inputs: ["likely", "meant"], outputs: ["logits"] }
      ]
    })
  })
}
