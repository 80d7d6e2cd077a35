// Typed handles of models: plain data that says what goes in, what comes out, and in which words.
import { readPage } from "./page-url.ts"
import { type Kind, type Task, taskKinds } from "./task.ts"

/**
 * A model: who owns it, which version, what it does, what it takes and the words it knows.
 * Plain and frozen: it can be compared, stored and sent.
 */
export interface Model<out T extends Task = Task, out K extends Kind = Kind, out N extends string = string> {
  readonly id: string
  /** The owner; absent where the credential's own app holds the model, or it is an old public one. */
  readonly userId?: string
  readonly appId?: string
  /** Absent: the newest trained version, which changes over time. */
  readonly versionId?: string
  /** Decides the type of the answer. */
  readonly task: T
  /** The kinds of media it takes. */
  readonly accepts: ReadonlyArray<K>
  /** Its vocabulary, where it is known: narrows the names in answers. */
  readonly concepts?: ReadonlyArray<N>
}

/** The kinds a task's models take. */
export type KindsOf<T extends Task> = T extends
  | "visual-classifier"
  | "visual-detector"
  | "visual-segmenter"
  | "visual-embedder"
  | "visual-keypointer"
  | "optical-character-recognizer"
  ? "image" | "video"
  : T extends "image-color-recognizer" | "image-to-text" | "image-to-image" | "clusterer"
    ? "image"
    : T extends
          | "text-classifier"
          | "text-token-classifier"
          | "text-embedder"
          | "text-to-text"
          | "text-to-image"
          | "text-to-audio"
      ? "text"
      : T extends "audio-classifier" | "audio-embedder" | "audio-to-text"
        ? "audio"
        : T extends "multimodal-embedder"
          ? "image" | "text"
          : Kind

/** What {@link model} takes. */
export interface ModelOptions<T extends Task, K extends Kind, N extends string> {
  readonly id: string
  readonly userId?: string
  readonly appId?: string
  readonly versionId?: string
  readonly task: T
  /** Where it differs from what the task's models take. */
  readonly accepts?: ReadonlyArray<K>
  readonly concepts?: ReadonlyArray<N>
}

/**
 * A typed handle of a model.
 *
 * @example model({ id: "pets", task: "visual-classifier", concepts: ["cat", "dog"] }).accepts // => ["image", "video"]
 */
export const model = <const T extends Task, const N extends string = string, const K extends Kind = KindsOf<T>>(
  options: ModelOptions<T, K, N>
): Model<T, K, N> =>
  Object.freeze({
    ...options,
    // `KindsOf` is the type of `taskKinds`, and a test holds the two together.
    accepts: options.accepts ?? (taskKinds[options.task] as ReadonlyArray<K>)
  })

/** A model as a page address names it. */
export interface ModelAddress {
  readonly userId: string
  readonly appId: string
  readonly modelId: string
  readonly versionId?: string
}

/**
 * Reads the address of a model's page, `https://clarifai.com/{user}/{app}/models/{model}[/versions/{version}]`, of any
 * host; `undefined` if the text is not one.
 *
 * @example parseModelUrl("https://clarifai.com/clarifai/main/models/general-image-recognition")?.appId // => "main"
 */
export const parseModelUrl = (url: string): ModelAddress | undefined => {
  const page = readPage(url, "models")
  if (page === undefined) return undefined
  const { id: modelId, ...owner } = page
  return { modelId, ...owner }
}

/**
 * The address of a model's page.
 *
 * @example modelUrl({ userId: "clarifai", appId: "main", modelId: "food" }) // => "https://clarifai.com/clarifai/main/models/food"
 */
export const modelUrl = (address: ModelAddress, site = "https://clarifai.com"): string =>
  [site, address.userId, address.appId, "models", address.modelId]
    .concat(address.versionId === undefined ? [] : ["versions", address.versionId])
    .map((part, i) => (i === 0 ? part : encodeURIComponent(part)))
    .join("/")
