/** Ids as parts of an address: the one function that writes them, so that no id can lead to another resource. */
import * as Effect from "effect/Effect"
import { InvalidRequest } from "../errors/errors.ts"

const maxDecodings = 3

/** The text without percent escapes, however often it was escaped: proxies decode once more than they should. */
const decoded = (text: string): string => {
  let plain = text
  for (let i = 0; i < maxDecodings; i++) {
    try {
      const next = decodeURIComponent(plain)
      if (next === plain) break
      plain = next
    } catch {
      break
    }
  }
  return plain
}

/** Why an id cannot be a part of an address; undefined for one that can. */
export const idProblem = (id: unknown): string | undefined => {
  if (typeof id !== "string") return `is ${id === null ? "null" : typeof id} instead of a text`
  if (id.trim() === "") return "is empty"
  const parts = decoded(id).split(/[/\\]/)
  return parts.some((part) => /^\.{0,2}$/.test(part.trim()))
    ? `is ${JSON.stringify(id.slice(0, 40))}, which leads to another address`
    : undefined
}

/** Fails for the first id that cannot be a part of an address. */
export const checkIds = (ids: ReadonlyArray<string>): Effect.Effect<void, InvalidRequest> => {
  for (const id of ids) {
    const problem = idProblem(id)
    if (problem !== undefined) return Effect.fail(new InvalidRequest({ details: `an id ${problem}; nothing was sent` }))
  }
  return Effect.void
}

/** A path of an address below `base`; fails for a part that would lead elsewhere. */
export const toPath = (base: string, parts: ReadonlyArray<string>): Effect.Effect<string, InvalidRequest> =>
  Effect.map(checkIds(parts), () => [base, ...parts.map(encodeURIComponent)].join("/"))
