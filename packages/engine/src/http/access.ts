/** Who may call: the key check. */
import { timingSafeEqual, createHash } from "node:crypto"
import * as Result from "effect/Result"
import { type WireError, wireError } from "../protocol/wire-error.ts"

/** Passes when no key is needed or the right one is given. Comparing takes equally long however wrong the key is. */
export const checkKey = (
  key: string | undefined,
  header: (name: string) => string | undefined
): Result.Result<void, WireError> => {
  if (key === undefined) return Result.succeed(undefined)
  const session = header("x-clarifai-session-token")
  const authorization = header("authorization")
  if (session === undefined && authorization === undefined)
    return Result.fail(
      wireError(
        11102,
        "Empty or malformed authorization header; send the header Authorization with Key, a space and the key"
      )
    )
  const given = session ?? /^(?:Key|Bearer) +(.*)$/.exec(authorization ?? "")?.[1]
  if (given === undefined)
    return Result.fail(
      wireError(
        11102,
        "Empty or malformed authorization header; send the header Authorization with Key, a space and the key"
      )
    )
  if (!/^[\x21-\x7e]{1,512}$/.test(given)) return Result.fail(wireError(11008, "Invalid format of key."))
  return timingSafeEqual(digest(given), digest(key))
    ? Result.succeed(undefined)
    : Result.fail(wireError(11009, "API key not found: the key that was sent is not this engine's"))
}

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest()
