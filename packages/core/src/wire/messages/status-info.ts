// Status numbers with their names: for programs that list or print them.
import * as StatusCode from "./status-codes.ts"
import { statusTraits, type StatusTraits } from "./status-index.ts"

/** One published status number. */
export interface StatusInfo extends StatusTraits {
  /** The number, as in `status.code`. */
  readonly code: number
  /** Its name in the protocol's StatusCode enum. */
  readonly name: string
}

const codes: ReadonlyMap<string, unknown> = /* @__PURE__ */ new Map(Object.entries(StatusCode))
const older: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(Object.entries(StatusCode.olderNames))
let infos: ReadonlyMap<number, StatusInfo> | undefined

const makeInfos = (): ReadonlyMap<number, StatusInfo> => {
  const known: Array<StatusInfo> = []
  for (const [name, code] of codes) {
    const traits = typeof code === "number" ? statusTraits(code) : undefined
    if (typeof code === "number" && traits !== undefined) known.push({ code, name, ...traits })
  }
  return new Map(known.sort((a, b) => a.code - b.code).map((info) => [info.code, info]))
}

/** What is known of a status number; undefined for one that was never published, which is not an error. */
export const statusInfo = (code: number): StatusInfo | undefined => (infos ??= makeInfos()).get(code)

/** Every published status number, in order. */
export const statusInfos = (): ReadonlyArray<StatusInfo> => [...(infos ??= makeInfos()).values()]

/** The number of a name such as `CONN_THROTTLED`, older names included; undefined for names that are not known. */
export const statusCode = (name: string): number | undefined => {
  const code = codes.get(name) ?? older.get(name)
  return typeof code === "number" ? code : undefined
}
