/** Which URLs inputs may name. */
import { wireError } from "../protocol/wire-error.ts"

/** `SettingsValue.allowUrls`. */
export type UrlPolicy = boolean | "public" | ReadonlyArray<string>

/** Checks the form of a URL and whether URLs are allowed at all. Throws `WireError` 30106 or 30002. */
export const checkUrl = (text: string, policy: UrlPolicy): URL => {
  if (text.length > 8192) throw wireError(30106, "the URL is longer than 8192 characters")
  if (!URL.canParse(text)) throw wireError(30106, `not a URL: ${JSON.stringify(text.slice(0, 100))}`)
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw wireError(30106, `only http and https URLs can be fetched, not ${url.protocol}`)
  if (url.username !== "" || url.password !== "") throw wireError(30106, "a URL must not carry a user name or password")
  if (policy === false) throw wireError(30002, "this engine fetches no URLs; send the bytes, or set allowUrls")
  return url
}

/** True if the user named the host of a URL (or all hosts): its addresses need not be public. */
export const isTrusted = (url: URL, policy: UrlPolicy): boolean =>
  policy === true ||
  (Array.isArray(policy) &&
    policy.some((host) => host.toLowerCase() === url.hostname || host.toLowerCase() === url.host))
