// Loads libav (node-av, an optional peer: a native addon of 170 MB) once, when a video is first decoded in Node.
import { isMissingPackage } from "@sightline/platform/missing-package"
import type * as constants from "node-av/constants"
import type * as lib from "node-av/lib"
import { VideoUnsupported } from "./errors.ts"

export type Lib = typeof lib
export type Constants = typeof constants

export interface Libav {
  readonly lib: Lib
  readonly c: Constants
}

let loading: Promise<Libav> | undefined

/**
 * The error for a missing libav; it says what to do.
 *
 * The binary of node-av is FFmpeg built with parts under the GPL, so the user decides whether to install it: docs/decisions/0017.
 */
const missing = (cause: unknown): VideoUnsupported => {
  const detail = !isMissingPackage(cause, "node-av")
    ? "the package node-av has no binary for this platform; send the video whole, or provide another Decoder"
    : "decoding in Node needs the package node-av (FFmpeg, with parts under the GPL): npm install node-av; or send the video whole, or provide another Decoder"
  return new VideoUnsupported({ reason: "no-decoder", detail })
}

const load = async (): Promise<Libav> => {
  try {
    const [lib, c]: readonly [Lib, Constants] = await Promise.all([import("node-av/lib"), import("node-av/constants")])
    lib.Log.setLevel(c.AV_LOG_QUIET) // it writes to stderr; typed errors report what goes wrong
    return { lib, c }
  } catch (cause) {
    loading = undefined
    throw missing(cause)
  }
}

/** libav, loaded at most once; fails with a typed error where the platform has no binary. */
export const loadLibav = (): Promise<Libav> => (loading ??= load())

/** Whether a libav return code is an error, and which. */
export const describeCode = (libav: Libav, code: number): string =>
  code === libav.c.AVERROR_INVALIDDATA ? "invalid data" : `libav error ${code}`
