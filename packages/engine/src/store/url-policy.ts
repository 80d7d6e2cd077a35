/** Which URLs inputs may name. */
import { StatusCode } from "@sightline/core/status"
import { wireError } from "../protocol/wire-error.ts"

/** `SettingsValue.allowUrls`. */
export type UrlPolicy = boolean | "public" | ReadonlyArray<string>

/** Checks the form of a URL and whether URLs are allowed at all. Throws `WireError` 30106 or 30002. */
export const checkUrl = (text: string, policy: UrlPolicy): URL => {
  if (text.length > 8192) throw wireError(StatusCode.INPUT_INVALID_URL, "the URL is longer than 8192 characters")
  if (!URL.canParse(text))
    throw wireError(StatusCode.INPUT_INVALID_URL, `not a URL: ${JSON.stringify(text.slice(0, 100))}`)
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw wireError(StatusCode.INPUT_INVALID_URL, `only http and https URLs can be fetched, not ${url.protocol}`)
  if (url.username !== "" || url.password !== "")
    throw wireError(StatusCode.INPUT_INVALID_URL, "a URL must not carry a user name or password")
  if (policy === false)
    throw wireError(StatusCode.INPUT_FAILED, "this engine fetches no URLs; send the bytes, or set allowUrls")
  return url
}

/** True if the user named the host of a URL (or all hosts): its addresses need not be public. */
export const isTrusted = (url: URL, policy: UrlPolicy): boolean =>
  policy === true ||
  (Array.isArray(policy) &&
    policy.some((host) => host.toLowerCase() === url.hostname || host.toLowerCase() === url.host))
