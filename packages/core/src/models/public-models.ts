// Public models as typed handles, each with its owner: `models` in the door. Each is its own export and a pure call, so
// that a bundle holds only those that are used.
//
// Ids and owners: the platform's documentation, model pages and official clients, read on 2026-11-20. Which
// an account may use is the platform's to say: old ids of 32 hexadecimal digits answer 21200 to newer accounts.
import { model } from "./model-handle.ts"

const main = { userId: "clarifai", appId: "main" } as const

/** What is in a picture or a clip: objects, scenes, qualities. */
export const general = /* @__PURE__ */ model({ ...main, id: "general-image-recognition", task: "visual-classifier" })

/** The same by its first id, which old app keys know. */
export const generalLegacy = /* @__PURE__ */ model({
  ...main,
  id: "aaa03c23b3724a16a56b629203edc62c",
  task: "visual-classifier"
})

/** Food and its ingredients. */
export const food = /* @__PURE__ */ model({
  ...main,
  id: "bd367be194cf45149e75f01d59f77ba7",
  task: "visual-classifier"
})

/** Places and features of travel. */
export const travel = /* @__PURE__ */ model({
  ...main,
  id: "eee28c313d69466f836ab83287a54ed9",
  task: "visual-classifier"
})

/** Whether a picture is safe for work: `nsfw` and `sfw`. */
export const nsfw = /* @__PURE__ */ model({
  ...main,
  id: "e9576d86d2004ed1a38ba0cf39ecb4b1",
  task: "visual-classifier"
})

/** Weddings. */
export const wedding = /* @__PURE__ */ model({
  ...main,
  id: "c386b7a870114f4a87477c0824499348",
  task: "visual-classifier"
})

/** Clothing and accessories. */
export const apparel = /* @__PURE__ */ model({
  ...main,
  id: "e0be3b9d6a454f0493ac3a30784001ff",
  task: "visual-classifier"
})

/** Gore, drugs, explicit and suggestive pictures. */
export const moderation = /* @__PURE__ */ model({
  ...main,
  id: "d16f390eb32cad478c7ae150069bd2c6",
  task: "visual-classifier",
  accepts: ["image"]
})

/** Textures and patterns. */
export const textures = /* @__PURE__ */ model({
  ...main,
  id: "fbefb47f9fdb410e8ce14f24f54b47ff",
  task: "visual-classifier",
  accepts: ["image"]
})

/** How good a landscape photograph is. */
export const landscapeQuality = /* @__PURE__ */ model({
  ...main,
  id: "bec14810deb94c40a05f1f0eb3c91403",
  task: "visual-classifier",
  accepts: ["image"]
})

/** How good a portrait photograph is. */
export const portraitQuality = /* @__PURE__ */ model({
  ...main,
  id: "de9bd05cfdbf4534af151beb2a5d0953",
  task: "visual-classifier",
  accepts: ["image"]
})

/** The dominant colours of a picture. */
export const color = /* @__PURE__ */ model({
  ...main,
  id: "eeed0b6733a644cea07cf4c60f87ebb7",
  task: "image-color-recognizer"
})

/** Which group of like pictures it belongs to. */
export const cluster = /* @__PURE__ */ model({ ...main, id: "cccbe437d6e54e2bb911c6aa292fb072", task: "clusterer" })

/** Where faces are. */
export const faces = /* @__PURE__ */ model({
  ...main,
  id: "face-detection",
  task: "visual-detector",
  accepts: ["image"]
})

/** The same by its first id, which old app keys know. */
export const facesLegacy = /* @__PURE__ */ model({
  ...main,
  id: "53e1df302c079b3db8a0a36033ed2d15",
  task: "visual-detector",
  accepts: ["image"]
})

/** Where logos are, and whose. */
export const logos = /* @__PURE__ */ model({
  ...main,
  id: "c443119bf2ed4da98487520d01a0b1e3",
  task: "visual-detector",
  accepts: ["image"]
})

/** The second model of logos. */
export const logos2 = /* @__PURE__ */ model({
  ...main,
  id: "006764f775d210080d295e6ea1445f93",
  task: "visual-detector",
  accepts: ["image"]
})

/** Faces, with how old and of which gender and descent they look. */
export const demographics = /* @__PURE__ */ model({
  ...main,
  id: "c0c0ac362b03416da06ab3fa36fb58e3",
  task: "visual-detector",
  accepts: ["image"]
})

/** Faces of well-known people. */
export const celebrities = /* @__PURE__ */ model({
  ...main,
  id: "e466caa0619f444ab97497640cefc4dc",
  task: "visual-detector",
  accepts: ["image"]
})

/** Everyday objects and where they are, in pictures and clips. */
export const detection = /* @__PURE__ */ model({ ...main, id: "general-image-detection", task: "visual-detector" })

/** Everyday objects, to the pixel. */
export const segmentation = /* @__PURE__ */ model({
  ...main,
  id: "image-general-segmentation",
  task: "visual-segmenter",
  accepts: ["image"]
})

/** SAM 2.1: anything that stands out, to the pixel. */
export const segmentAnything = /* @__PURE__ */ model({
  userId: "meta",
  appId: "segment-anything",
  id: "sam2_1-hiera-base-plus",
  task: "visual-segmenter"
})

/** A picture as numbers, for finding like ones. */
export const generalEmbedding = /* @__PURE__ */ model({
  ...main,
  id: "bbb5f41425b8468d9b7a554ff10f8581",
  task: "visual-embedder",
  accepts: ["image"]
})

/** Faces as numbers, each where it is. */
export const faceEmbedding = /* @__PURE__ */ model({
  ...main,
  id: "e15d0f873e66047e579f90cf82c9882z",
  task: "visual-detector",
  accepts: ["image"]
})

/** CLIP: a picture as numbers. */
export const clip = /* @__PURE__ */ model({
  ...main,
  id: "image-embedder-clip",
  task: "visual-embedder",
  accepts: ["image"]
})

/** CLIP: a picture or a text as 512 numbers in one space. */
export const clipMultimodal = /* @__PURE__ */ model({
  ...main,
  id: "multimodal-clip-embed",
  task: "multimodal-embedder"
})

/** BLIP: a sentence about a picture. */
export const caption = /* @__PURE__ */ model({
  userId: "salesforce",
  appId: "blip",
  id: "general-english-image-caption-blip",
  task: "image-to-text"
})

/** GOT: the text in a picture. */
export const ocr = /* @__PURE__ */ model({
  userId: "stepfun-ai",
  appId: "ocr",
  id: "got-ocr-2_0",
  task: "image-to-text"
})

/** A larger version of a picture. */
export const upscale = /* @__PURE__ */ model({
  userId: "stability-ai",
  appId: "Upscale",
  id: "stabilityai-upscale",
  task: "image-to-image"
})

/** Stable Diffusion XL: a picture from a text. */
export const stableDiffusion = /* @__PURE__ */ model({
  userId: "stability-ai",
  appId: "stable-diffusion-2",
  id: "stable-diffusion-xl",
  task: "text-to-image"
})

/** DALL·E 3: a picture from a text; takes a key of one's own. */
export const dalle3 = /* @__PURE__ */ model({
  userId: "openai",
  appId: "dall-e",
  id: "dall-e-3",
  task: "text-to-image"
})

/** Whether a short text is positive, neutral or negative. */
export const sentiment = /* @__PURE__ */ model({
  userId: "erfan",
  appId: "text-classification",
  id: "sentiment-analysis-twitter-roberta-base",
  task: "text-classifier"
})

/** Toxic, obscene, threatening or insulting text. */
export const textModeration = /* @__PURE__ */ model({
  ...main,
  id: "91ff804429654ce25e93e710beea82ea",
  task: "text-classifier"
})

/** Llama 2, 7 billion parameters, chat. */
export const llama2 = /* @__PURE__ */ model({
  userId: "meta",
  appId: "Llama-2",
  id: "llama2-7b-chat",
  task: "text-to-text"
})

/** Llama 3.1, 8 billion parameters, instruct. */
export const llama3 = /* @__PURE__ */ model({
  userId: "meta",
  appId: "Llama-3",
  id: "llama-3_1-8b-instruct",
  task: "text-to-text"
})

/** Llama 3.2, 3 billion parameters, instruct. */
export const llama3Small = /* @__PURE__ */ model({
  userId: "meta",
  appId: "Llama-3",
  id: "Llama-3_2-3B-Instruct",
  task: "text-to-text"
})

/** Mistral, 7 billion parameters, instruct. */
export const mistral = /* @__PURE__ */ model({
  userId: "mistralai",
  appId: "completion",
  id: "mistral-7B-Instruct",
  task: "text-to-text"
})

/** GPT-4; takes a key of one's own. */
export const gpt4 = /* @__PURE__ */ model({
  userId: "openai",
  appId: "chat-completion",
  id: "GPT-4",
  task: "text-to-text"
})

/** GPT-4 with sight: a text about a text and a picture; takes a key of one's own. */
export const gpt4Vision = /* @__PURE__ */ model({
  userId: "openai",
  appId: "chat-completion",
  id: "openai-gpt-4-vision",
  task: "multimodal-to-text",
  accepts: ["image", "text"]
})

/** Qwen 2.5 VL, 7 billion parameters: a text about a text with pictures or frames. */
export const qwenVision = /* @__PURE__ */ model({
  userId: "qwen",
  appId: "qwen-VL",
  id: "Qwen2_5-VL-7B-Instruct",
  task: "multimodal-to-text",
  accepts: ["image", "text", "video"]
})

/** ElevenLabs: speech from a text. */
export const speech = /* @__PURE__ */ model({
  userId: "eleven-labs",
  appId: "audio-generation",
  id: "speech-synthesis",
  task: "text-to-audio"
})

/** Cohere: an English text as numbers. */
export const textEmbedding = /* @__PURE__ */ model({
  userId: "cohere",
  appId: "embed",
  id: "cohere-embed-english-v3_0",
  task: "text-embedder"
})

/** Wav2vec 2: what is said in English. */
export const transcription = /* @__PURE__ */ model({
  userId: "facebook",
  appId: "asr",
  id: "asr-wav2vec2-base-960h-english",
  task: "audio-to-text"
})

/** Wav2vec 2, larger, for telephone speech. */
export const transcriptionTelephone = /* @__PURE__ */ model({
  userId: "facebook",
  appId: "asr",
  id: "asr-wav2vec2-large-robust-ft-swbd-300h-english",
  task: "audio-to-text"
})
