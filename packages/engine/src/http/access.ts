/** Who may call: the key, and without a key only programs of this machine. */
import { StatusCode } from "@sightline/core/status"
import { createHash, timingSafeEqual } from "node:crypto"
import { isIP } from "node:net"
import * as Result from "effect/Result"
import { type WireError, wireError } from "../protocol/wire-error.ts"

type Header = (name: string) => string | undefined

const missing = "Empty or malformed authorization header; send the header Authorization with Key, a space and the key"

/** Passes if no key is needed or the right one is sent. The comparison takes the same time for every wrong key. */
export const checkKey = (key: string | undefined, header: Header): Result.Result<void, WireError> => {
  if (key === undefined) return Result.succeed(undefined)
  const given = header("x-clarifai-session-token") ?? /^(?:key|bearer) +(.*)$/i.exec(header("authorization") ?? "")?.[1]
  if (given === undefined) return Result.fail(wireError(StatusCode.CONN_KEY_INVALID, missing))
  if (!/^[\x21-\x7e]{1,512}$/.test(given))
    return Result.fail(wireError(StatusCode.CONN_KEY_INVALID, "Invalid format of key."))
  return timingSafeEqual(digest(given), digest(key))
    ? Result.succeed(undefined)
    : Result.fail(
        wireError(StatusCode.CONN_KEY_NOT_FOUND, "API key not found: the key that was sent is not this engine's")
      )
}

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest()

/** A host and a port as addresses have them: IPv6 in brackets. */
export const hostAndPort = (host: string, port: number): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

/** True for a host that is always this machine: `localhost`, names below it, 127.0.0.0/8 and ::1. */
export const isLoopbackHost = (host: string): boolean => {
  const name = host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase()
  if (name === "localhost" || name.endsWith(".localhost")) return true
  const version = isIP(name)
  return version === 4 ? name.startsWith("127.") : version === 6 && new URL(`http://[${name}]`).hostname === "[::1]"
}

const isLoopbackUrl = (text: string): boolean => URL.canParse(text) && isLoopbackHost(new URL(text).hostname)

/**
 * Without a key, a server answers only requests for a loopback host and not from another site's page: a page in a browser
 * on this machine could otherwise call it, directly or through a name that points to 127.0.0.1 (DNS rebinding).
 */
export const checkCaller = (header: Header): Result.Result<void, WireError> => {
  const host = header("host")
  if (host !== undefined && !isLoopbackUrl(`http://${host}`))
    return Result.fail(
      wireError(
        StatusCode.CONN_INSUFFICIENT_SCOPES,
        "without a key, this engine answers requests for localhost and 127.0.0.1 only; set a key to serve other names"
      )
    )
  const origin = header("origin")
  if (origin !== undefined && !isLoopbackUrl(origin))
    return Result.fail(
      wireError(
        StatusCode.CONN_INSUFFICIENT_SCOPES,
        "without a key, this engine does not answer pages of other sites; set a key to serve them"
      )
    )
  return Result.succeed(undefined)
}

/** Content types that a page may send to another site without asking it first (Fetch standard, "CORS-safelisted"). */
const pageTypes = /^(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\b/i

/** Without a key: passes unless a request changes something and is one that a page may send to another site. */
export const checkContentType = (method: string, writes: boolean, header: Header): Result.Result<void, WireError> =>
  method === "POST" && writes && pageTypes.test((header("content-type") ?? "").trim())
    ? Result.fail(
        wireError(
          StatusCode.CONN_BAD_REQUEST_FORMAT,
          "without a key, a request that changes something needs the header content-type: application/json"
        )
      )
    : Result.succeed(undefined)
