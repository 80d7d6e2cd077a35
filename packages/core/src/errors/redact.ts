/** Keeps secrets, bytes and places out of text that people or logs may see. */
import type { Secrets } from "./secrets.ts"

/** A URL without credentials, query and fragment; a `data:` URL as its media type only. */
export const redactUrl = (url: string): string => {
  if (/^data:/i.test(url)) return `${/^data:[^;,]*/i.exec(url)?.[0] ?? "data:"},…`
  try {
    const parsed = new URL(url)
    // `origin` is the text "null" for schemes such as s3:
    const origin = parsed.origin === "null" ? `${parsed.protocol}//${parsed.host}` : parsed.origin
    return `${origin}${parsed.pathname}${parsed.search === "" ? "" : "?…"}`
  } catch {
    return url.replace(/[?#].*$/s, "?…").replace(/\/\/[^/@]*@/, "//")
  }
}

/** Longer than any id or hash that helps to find a fault, shorter than any picture. */
const bytesLike = /[A-Za-z0-9+/_-]{68,}={0,2}/g
/** The same cut into lines or escaped slashes. */
const brokenBytesLike = /(?:[A-Za-z0-9+/_-]{36,}(?:\\[nr/]|[\r\n])+)+[A-Za-z0-9+/_=-]{4,}/g
/** What no text of a language has: control characters, and the mark of bytes that are not UTF-8. */
const sign = String.raw`[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]`
/** From the first to the last sign of bytes read as text, with what is near. */
const rawLike = new RegExp(`[^]{0,32}${sign}(?:[^]*${sign})?[^]{0,32}`)
const numbersLike = /(?:\b\d{1,3}\b[\s,]+){15,}\d{1,3}\b/g
const urlLike = /\b(?:[a-z][a-z0-9+.-]*:\/\/|data:)[^\s"'<>\\]+/gi
const queryLike = /([?&;][\w.%[\]-]+=)[^\s&"'<>\\]+/g
const keyLike = /\b(Key|Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{6,}/gi
/** A name that says "secret", then its value: `api_key=…`, `"x-session-token": "…"`, `X-Amz-Signature: …`. */
const namedSecret =
  /\b([\w-]*(?:api[_-]?key|apikey|secret|token|passw(?:or)?d|signature|credential|authorization|cookie|\bpat\b|\bsig\b)[\w-]*)(["'\\]*\s*[:=]\s*["'\\]*)(?!<redacted>)[^\s"'\\,;&}]+/gi
/** Keys that are recognized by their form: those of well-known vendors, and JSON web tokens. */
const vendorKey =
  /\b(?:sk|pk|rk|ghp|gho|github_pat|xox[abps]|hf|AKIA|ASIA|AIza)[-_A-Za-z0-9]{12,}|\beyJ[\w-]{8,}\.[\w.-]+/g
/** The same, but not in the middle of encoded bytes: taking it out there would leave two runs too short to be seen. */
const vendorKeyAlone = new RegExp(`(?<![A-Za-z0-9+/_-]{24})(?:${vendorKey.source})`, "g")

const degrees = String.raw`[-+]?\d{1,3}(?:\.\d+)?`
const placeNamed = new RegExp(
  String.raw`\b((?:gps)?[\w-]*(?:latitude|longitude|\blat|\blon|\blng|\blong)[\w-]*)(["'\\]*\s*[:= ]\s*["'\\[]*)${degrees}(?:[,\s/]+${degrees})*`,
  "gi"
)
const degreesMinutes = /\d{1,3}\s*(?:°|deg|\\u00b0)\s*[\d.,'′’"″”\\\s]*(?:min|sec)?\s*[NSEW]?/gi
const pairOfDegrees = /[-+]?\b\d{1,3}\.\d{3,}\s*[NS]?\s*["']?\s*[,;/ ]\s*["']?[-+]?\d{1,3}\.\d{3,}\s*[EW]?/g

/** More text than this is not looked at; secrets that straddle the end go with it. */
const looked = 65_536
const shown = 2000

/**
 * Text from a server or a cause, made fit for an error message: known secrets, text that looks like a credential,
 * runs of encoded bytes, query strings and coordinates are replaced.
 */
export const scrub = (text: string, secrets: Secrets): string => {
  let clean = secrets.redact(text.length > looked ? text.slice(0, looked) : text)
  if (clean.length > shown) clean = `${clean.slice(0, shown)}…`
  return clean
    .replace(rawLike, "<bytes>")
    .replace(urlLike, (url) => redactUrl(url))
    .replace(keyLike, "$1 <redacted>")
    .replace(vendorKeyAlone, "<redacted>")
    .replace(brokenBytesLike, "<bytes>")
    .replace(bytesLike, "<bytes>")
    .replace(vendorKey, "<redacted>")
    .replace(numbersLike, "<bytes>")
    .replace(queryLike, "$1…")
    .replace(namedSecret, "$1$2<redacted>")
    .replace(placeNamed, "$1$2<location>")
    .replace(degreesMinutes, "<location>")
    .replace(pairOfDegrees, "<location>")
}

/** What was thrown, in words that may be shown. */
export const scrubThrown = (thrown: unknown, secrets: Secrets): string =>
  scrub(thrown instanceof Error ? thrown.message : String(thrown), secrets)
