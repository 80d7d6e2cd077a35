/** Keeps secrets and bytes out of text that people or logs may see. */

/** A URL without credentials, query and fragment; a `data:` URL as its media type only. */
export const redactUrl = (url: string): string => {
  if (/^data:/i.test(url)) return `${/^data:[^;,]*/i.exec(url)?.[0] ?? "data:"},…`
  try {
    const parsed = new URL(url)
    return `${parsed.origin}${parsed.pathname}${parsed.search === "" ? "" : "?…"}`
  } catch {
    return url.replace(/[?#].*$/s, "?…").replace(/\/\/[^/@]*@/, "//")
  }
}

const bytesLike = /[A-Za-z0-9+/_-]{120,}={0,2}/g
const urlLike = /\b(?:https?:\/\/|data:)[^\s"'<>]+/gi
const keyLike = /\b(Key|Bearer)\s+[A-Za-z0-9._~+/=-]{6,}/g
const locationLike = /[-+]?\d{1,3}\.\d{4,}\s*[,;/ ]\s*[-+]?\d{1,3}\.\d{4,}/g

/**
 * Text from a server or a cause, made fit for an error message: known secrets, things that look like a credential,
 * runs of encoded bytes, query strings and coordinates are replaced.
 */
export const scrub = (text: string, secrets: ReadonlyArray<string> = []): string => {
  let clean = text.length > 2000 ? `${text.slice(0, 2000)}…` : text
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, "<redacted>")
  return clean
    .replace(urlLike, (url) => redactUrl(url))
    .replace(keyLike, "$1 <redacted>")
    .replace(bytesLike, "<bytes>")
    .replace(locationLike, "<location>")
}
