/** How much one call, one medium and one wait may cost. All of it can be set; the defaults are the service's newest. */

/** Limits of an engine. Sizes are bytes after base64 is taken off, with 1 MB = 2^20 (the service does not say which). */
export interface EngineLimits {
  /** Inputs in one call. */
  readonly inputsPerCall: number
  /** Inputs in one workflow call. */
  readonly inputsPerWorkflow: number
  readonly imageBytes: number
  readonly textBytes: number
  readonly audioBytes: number
  /** A video sent as bytes. */
  readonly videoBytes: number
  /** A video fetched from a URL. */
  readonly videoUrlBytes: number
  readonly videoSeconds: number
  /** Frames analysed of one video. */
  readonly videoFrames: number
  /** All bytes of one call together. */
  readonly batchBytes: number
  /** One HTTP request's body, as it arrives. */
  readonly bodyBytes: number
  /** All request bodies being worked on together; further ones wait. */
  readonly openBodyBytes: number
  /** Pixels of one image. */
  readonly pixels: number
  /**
   * Decoding one image, or one frame of a video beyond the length of its step, after which the decoder is killed. Work
   * is counted, not waiting for a processor; by the clock it may be fifteen times as long. All of a video may take
   * fifteen times this, and four times its length.
   */
  readonly decodeTimeoutMs: number
  /** Fetching one URL, from the name look-up to the last byte. */
  readonly urlTimeoutMs: number
  /** Redirects followed for one URL. */
  readonly urlRedirects: number
  /** Predictions of pretrained models, from loading to answer. */
  readonly modelTimeoutMs: number
}

const MiB = 1024 * 1024

/** The defaults. Source: the service's upload page and inference pages, newest figures. */
export const defaultEngineLimits: EngineLimits = {
  inputsPerCall: 128,
  inputsPerWorkflow: 32,
  imageBytes: 20 * MiB,
  textBytes: 20 * MiB,
  audioBytes: 20 * MiB,
  videoBytes: 128 * MiB,
  videoUrlBytes: 300 * MiB,
  videoSeconds: 600,
  videoFrames: 6000,
  batchBytes: 128 * MiB,
  bodyBytes: 192 * MiB,
  openBodyBytes: 256 * MiB,
  pixels: 85_000_000,
  decodeTimeoutMs: 4000,
  urlTimeoutMs: 15_000,
  urlRedirects: 5,
  modelTimeoutMs: 120_000
}
