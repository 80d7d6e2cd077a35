/** Limits of an engine, and their defaults. */

/** Limits of an engine. Sizes are bytes of decoded media, with 1 MB = 2^20 (the service does not define it). */
export interface EngineLimits {
  /** Inputs of one call. */
  readonly inputsPerCall: number
  /** Inputs of one workflow call. */
  readonly inputsPerWorkflow: number
  /** Items of any other list of a call: concepts, models, workflows, changes of inputs. */
  readonly itemsPerCall: number
  /** Concepts of one input. */
  readonly conceptsPerInput: number
  /** Concepts of one model. */
  readonly conceptsPerModel: number
  readonly imageBytes: number
  readonly textBytes: number
  readonly audioBytes: number
  /** A video that is sent as bytes. */
  readonly videoBytes: number
  /** A video that is downloaded from a URL. */
  readonly videoUrlBytes: number
  readonly videoSeconds: number
  /** Frames of one video that are predicted. */
  readonly videoFrames: number
  /** Metadata, geo and regions of one input, as JSON. */
  readonly dataBytes: number
  /** All media of one call. */
  readonly batchBytes: number
  /** The body of one HTTP request. */
  readonly bodyBytes: number
  /** Commas, colons and opening brackets of one body's JSON: what it costs in memory once it is parsed. */
  readonly jsonTokens: number
  /** All request bodies in memory. Requests wait until theirs fits. */
  readonly openBodyBytes: number
  /** Connections of one server; further ones are closed. */
  readonly connections: number
  /** How long a connection may neither send nor take bytes that it has to, in milliseconds. Then it is closed. */
  readonly idleTimeoutMs: number
  /** Pixels of one image. */
  readonly pixels: number
  /**
   * Work of decoding one image, or one frame of a video beyond the length of its step, in milliseconds. Then the decoder is
   * killed. Waiting for a processor does not count; elapsed time may be fifteen times as long. All of a video may take
   * fifteen times this, and four times its length.
   */
  readonly decodeTimeoutMs: number
  /** The download of one URL, from the lookup of its name to its last byte, in milliseconds. */
  readonly urlTimeoutMs: number
  /** Redirects followed for one URL. */
  readonly urlRedirects: number
  /** One search, in milliseconds. */
  readonly searchTimeoutMs: number
  /** One prediction of a pretrained model, loading included, in milliseconds. */
  readonly modelTimeoutMs: number
  /** How long the process of a pretrained model waits for the next prediction before it ends, in milliseconds. */
  readonly modelIdleMs: number
}

const MiB = 1024 * 1024

/** The defaults. Source of those for media: the service's upload and inference pages, newest figures. */
export const defaultEngineLimits: EngineLimits = {
  inputsPerCall: 128,
  inputsPerWorkflow: 32,
  itemsPerCall: 1000,
  conceptsPerInput: 1000,
  conceptsPerModel: 10_000,
  imageBytes: 20 * MiB,
  textBytes: 20 * MiB,
  audioBytes: 20 * MiB,
  videoBytes: 128 * MiB,
  videoUrlBytes: 300 * MiB,
  videoSeconds: 600,
  videoFrames: 6000,
  dataBytes: 4 * MiB,
  batchBytes: 128 * MiB,
  bodyBytes: 192 * MiB,
  jsonTokens: 1_000_000,
  openBodyBytes: 256 * MiB,
  connections: 1000,
  idleTimeoutMs: 30_000,
  pixels: 85_000_000,
  decodeTimeoutMs: 4000,
  urlTimeoutMs: 15_000,
  urlRedirects: 5,
  searchTimeoutMs: 30_000,
  modelTimeoutMs: 120_000,
  modelIdleMs: 300_000
}
