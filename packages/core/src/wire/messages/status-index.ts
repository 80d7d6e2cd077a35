// The class of a status number, which decides what a caller can do. Names are recognised by their hashes here: the
// names themselves are in `status-codes.ts`, which most programs do not load.
import { packedCodes, packedNames, packedTraits } from "./packed-statuses.ts"

/** What kind of result a status number stands for: what a caller decides by. */
export type StatusClass =
  | "success"
  | "mixed"
  | "pending"
  | "auth"
  | "rate-limit"
  | "not-found"
  | "invalid"
  | "input"
  | "model-training"
  | "transient-retryable"
  | "server"

/** What is known of a status number, except its name. */
export interface StatusTraits {
  readonly class: StatusClass
  /** Whether the same request may be sent again: the work was not done and waiting can help. */
  readonly retryable: boolean
  /** The HTTP status of a response whose result the number is. */
  readonly http: number
}

/** Three characters for a name: enough to distinguish all names of the protocol. */
export const nameHash = (name: string): string => {
  let hash = 0
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0
  return ((hash >>> 0) % 36 ** 3).toString(36).padStart(3, "0")
}

interface Index {
  readonly traits: ReadonlyMap<number, StatusTraits>
  readonly codes: ReadonlyMap<string, number>
}

const unpack = (): Index => {
  const shared = packedTraits.split("\n").map((line): StatusTraits => {
    const [kind, retry, http] = line.split(" ")
    // A test compares the packed text with the table that it is made from, so the class is one of the union.
    return { class: kind as StatusClass, retryable: retry === "1", http: Number(http) }
  })
  const names = packedNames.replaceAll("\n", "")
  const traits = new Map<number, StatusTraits>()
  const codes = new Map<string, number>()
  let code = 0
  for (const [at, entry] of packedCodes.split(/\s/).entries()) {
    const [line = "", step = "1"] = entry.split("+")
    code += Number(step)
    const own = line === "" ? undefined : shared[Number(line)]
    if (own !== undefined) traits.set(code, own)
    codes.set(names.slice(at * 3, at * 3 + 3), code)
  }
  return { traits, codes }
}

let unpacked: Index | undefined
const index = (): Index => (unpacked ??= unpack())

/** The traits of a status number; undefined for one that was never published, which is not an error. */
export const statusTraits = (code: number): StatusTraits | undefined => index().traits.get(code)

/**
 * The number of a name such as `CONN_THROTTLED`. A name that is not known gives undefined, or in one case of a hundred
 * the number of another: services send numbers, and only old documents have names.
 */
export const statusCodeOf = (name: string): number | undefined => index().codes.get(nameHash(name))
