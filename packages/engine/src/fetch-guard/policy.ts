/** Which URLs the user allows inputs to name. */
import { wireError } from "../protocol/wire-error.ts"

/** `SettingsValue.allowUrls`. */
export type UrlPolicy = boolean | "public" | ReadonlyArray<string>

/** A URL that may be asked for, and whether its host was named by the user (then its addresses are not checked). */
export interface AllowedUrl {
  readonly url: URL
  readonly trusted: boolean
}

/** Checks form and scheme. Throws `WireError` 30106 for what is no web address, 30002 for what is not allowed. */
export const checkUrl = (text: string, policy: UrlPolicy): AllowedUrl => {
  if (text.length > 8192) throw wireError(30106, "the URL is longer than 8192 characters")
  if (!URL.canParse(text)) throw wireError(30106, `not a URL: ${JSON.stringify(text.slice(0, 100))}`)
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw wireError(30106, `only http and https URLs can be fetched, not ${url.protocol}`)
  if (url.username !== "" || url.password !== "") throw wireError(30106, "a URL must not carry a user name or password")
  if (policy === false) throw wireError(30002, "this engine fetches no URLs; send the bytes, or set allowUrls")
  return { url, trusted: policy === true || (Array.isArray(policy) && isNamed(url, policy)) }
}

const isNamed = (url: URL, hosts: ReadonlyArray<string>): boolean =>
  hosts.some((host) => host.toLowerCase() === url.hostname || host.toLowerCase() === url.host)
