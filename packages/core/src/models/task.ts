// What models do. A task is the protocol's model type; it decides the type of the answer.

/** What can go into a model. */
export type Kind = "image" | "video" | "audio" | "text"

/** Every task with its own answer type: the ids of the protocol's model types. */
export type Task =
  | "visual-classifier"
  | "visual-detector"
  | "visual-segmenter"
  | "visual-embedder"
  | "visual-keypointer"
  | "image-color-recognizer"
  | "image-to-text"
  | "image-to-image"
  | "optical-character-recognizer"
  | "text-classifier"
  | "text-token-classifier"
  | "text-embedder"
  | "text-to-text"
  | "text-to-image"
  | "text-to-audio"
  | "audio-classifier"
  | "audio-embedder"
  | "audio-to-text"
  | "multimodal-embedder"
  | "multimodal-to-text"
  | "embedding-classifier"
  | "clusterer"
  | "unknown"

/** The kinds that a task's models take when nothing more is known of them. */
export const taskKinds: Readonly<Record<Task, ReadonlyArray<Kind>>> = {
  "visual-classifier": ["image", "video"],
  "visual-detector": ["image", "video"],
  "visual-segmenter": ["image", "video"],
  "visual-embedder": ["image", "video"],
  "visual-keypointer": ["image", "video"],
  "image-color-recognizer": ["image"],
  "image-to-text": ["image"],
  "image-to-image": ["image"],
  "optical-character-recognizer": ["image", "video"],
  "text-classifier": ["text"],
  "text-token-classifier": ["text"],
  "text-embedder": ["text"],
  "text-to-text": ["text"],
  "text-to-image": ["text"],
  "text-to-audio": ["text"],
  "audio-classifier": ["audio"],
  "audio-embedder": ["audio"],
  "audio-to-text": ["audio"],
  "multimodal-embedder": ["image", "text"],
  "multimodal-to-text": ["image", "text", "video", "audio"],
  "embedding-classifier": ["image", "video", "text", "audio"],
  clusterer: ["image"],
  unknown: ["image", "video", "audio", "text"]
}

// What answers of before 2020 say in `output_info.type_ext`, where today's have `model_type_id`.
const legacyTasks: Readonly<Record<string, Task>> = {
  concept: "visual-classifier",
  "detect-concept": "visual-detector",
  detect: "visual-detector",
  facedetect: "visual-detector",
  "facedetect-identity": "visual-detector",
  "facedetect-demographics": "visual-detector",
  embed: "visual-embedder",
  "detect-embed": "visual-detector",
  color: "image-color-recognizer",
  cluster: "clusterer"
}

/**
 * The task behind a model type id or one of its older names; `unknown` for one that is newer than this list, whose
 * answers are the general output.
 *
 * @example taskOf("visual-detector") // => "visual-detector"
 * @example taskOf("detect-concept") // => "visual-detector"
 */
export const taskOf = (modelType: string | undefined): Task => {
  if (modelType === undefined) return "unknown"
  if (Object.hasOwn(legacyTasks, modelType)) return legacyTasks[modelType] ?? "unknown"
  return isTask(modelType) ? modelType : "unknown"
}

/** Whether the text is a task of this list. */
export const isTask = (text: string): text is Task => Object.hasOwn(taskKinds, text)
