// Loads libav (node-av: a native addon of 170 MB) once, when a video is first decoded in Node.
import type * as constants from "node-av/constants"
import type * as lib from "node-av/lib"
import { VideoUnsupported } from "../errors.ts"

export type Lib = typeof lib
export type Constants = typeof constants

export interface Libav {
  readonly lib: Lib
  readonly c: Constants
}

let loading: Promise<Libav> | undefined

const load = async (): Promise<Libav> => {
  try {
    const [lib, c]: readonly [Lib, Constants] = await Promise.all([import("node-av/lib"), import("node-av/constants")])
    lib.Log.setLevel(c.AV_LOG_QUIET) // it writes to stderr; what goes wrong is told by typed errors
    return { lib, c }
  } catch {
    loading = undefined
    throw new VideoUnsupported({
      reason: "no-decoder",
      detail: "the package node-av has no binary for this platform; add it, or provide another Decoder"
    })
  }
}

/** libav, loaded at most once; fails with a typed error where the platform has no binary. */
export const loadLibav = (): Promise<Libav> => (loading ??= load())

/** Whether a libav return code is an error, and which. */
export const describeCode = (libav: Libav, code: number): string =>
  code === libav.c.AVERROR_INVALIDDATA ? "invalid data" : `libav error ${code}`
