/**
 * What the service accepts, as dated data, and what we allow ourselves. The only file that knows limits.
 * Source: the platform's prediction and upload pages as read for the protocol reference, 2026-11.
 */
import type { Kind } from "../media/media.ts"
import { defaultMaxTokens } from "../wire/codec/json-tokens.ts"

const MiB = 1024 * 1024

/** The limits of one connection. Bytes are of the decoded medium unless the name says otherwise. */
export interface Limits {
  /** Most inputs in one predict call, by kind. */
  readonly inputsPerCall: Readonly<Record<Kind, number>>
  /** Most inputs in one call that adds inputs. */
  readonly inputsPerAdd: number
  /** Most inputs in one workflow call. */
  readonly inputsPerWorkflow: number
  /** Largest single medium given as bytes. */
  readonly maxBytes: Readonly<Record<Kind, number>>
  /** Largest video given by URL. */
  readonly maxVideoUrlBytes: number
  /** Longest video, in milliseconds. */
  readonly maxVideoMs: number
  /** Largest body of one call, as encoded on the wire. */
  readonly maxBodyBytes: number
  /** The body size at which a call is full, in bytes: many small calls in flight beat one huge one, and memory stays low. */
  readonly targetBodyBytes: number
  /** Least, default and greatest distance of sampled video frames, in milliseconds. */
  readonly sampleMs: { readonly min: number; readonly default: number; readonly max: number }
  /** Most concepts that can be asked for. */
  readonly maxConcepts: number
  /** The deadline of one attempt, in milliseconds. */
  readonly attemptTimeoutMs: number
  /** The same for a call that carries a video. */
  readonly videoAttemptTimeoutMs: number
  /** The deadline of one streamed answer, in milliseconds: of all its pieces together. */
  readonly streamTimeoutMs: number
  /** Most attempts of one call, the first included. */
  readonly maxAttempts: number
  /** The longest wait before a repeat, in milliseconds; a service that asks for more fails the call at once. */
  readonly maxRetryWaitMs: number
  /** How long a source of inputs that arrive one by one may idle before what is there is sent, in milliseconds. */
  readonly idleMs: number
  /** Largest answer that is read, in bytes. */
  readonly maxAnswerBytes: number
  /**
   * Most commas, colons and opening brackets in the JSON of an answer, which is about the number of its values. An answer
   * of few bytes may need much memory: 6,000,000 of every measured shape fit into a heap of 1 GiB.
   */
  readonly maxAnswerTokens: number
}

/** The date on which the figures below were read. */
export const limitsAsOf = "2026-11-20"

/** The newest published figures. A megabyte is read leniently, as 2^20 bytes. */
export const defaultLimits: Limits = {
  inputsPerCall: { image: 128, text: 128, audio: 128, video: 1 },
  inputsPerAdd: 128,
  inputsPerWorkflow: 32,
  maxBytes: { image: 20 * MiB, text: 20 * MiB, audio: 20 * MiB, video: 128 * MiB },
  maxVideoUrlBytes: 300 * MiB,
  maxVideoMs: 600_000,
  maxBodyBytes: 128 * MiB,
  targetBodyBytes: 4 * MiB,
  sampleMs: { min: 100, default: 1000, max: 60_000 },
  maxConcepts: 200,
  attemptTimeoutMs: 60_000,
  videoAttemptTimeoutMs: 600_000,
  streamTimeoutMs: 600_000,
  maxAttempts: 4,
  maxRetryWaitMs: 60_000,
  idleMs: 50,
  maxAnswerBytes: 256 * MiB,
  maxAnswerTokens: defaultMaxTokens
}

/** The limits that a user may override, one by one; those by kind also one kind at a time. */
export type LimitOptions = {
  readonly [K in keyof Limits]?: Limits[K] extends number ? number : Partial<Limits[K]>
}

/** The default limits with a user's own on top. */
export const makeLimits = (options: LimitOptions = {}): Limits => ({
  ...defaultLimits,
  ...options,
  inputsPerCall: { ...defaultLimits.inputsPerCall, ...options.inputsPerCall },
  maxBytes: { ...defaultLimits.maxBytes, ...options.maxBytes },
  sampleMs: { ...defaultLimits.sampleMs, ...options.sampleMs }
})

/** Waits, which may be none at all. */
const maybeZero: ReadonlySet<string> = new Set(["maxRetryWaitMs", "idleMs"])

/** The name of a limit with which nothing could be sent, such as no input in a call; undefined where all are right. */
export const wrongLimit = (options: object = {}): string | undefined => {
  for (const [name, value] of Object.entries(options) as ReadonlyArray<[string, unknown]>) {
    if (typeof value === "object" && value !== null) {
      const inner = wrongLimit(value)
      if (inner !== undefined) return `${name}.${inner}`
    } else if (
      value !== undefined &&
      !(typeof value === "number" && (value > 0 || (value === 0 && maybeZero.has(name))))
    )
      return name
  }
  return undefined
}
