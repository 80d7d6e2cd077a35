/**
 * Makes text fit for a report: keys, signed queries, encoded bytes and positions never reach the file, and names and
 * paths only where the caller asked for them.
 */
import { noSecrets, redactUrl, scrub } from "@sightline/core/plugin"

/** What a text is, for those who redact more. */
export type TextRole = "title" | "name" | "text" | "concept" | "error" | "json"

/** How text is cleaned. */
export interface TextOptions {
  /** Whether names, keys and paths are shown as the caller gave them. */
  readonly names: boolean
  /** The caller's own redaction; runs last. */
  readonly redact: ((text: string, role: TextRole) => string) | undefined
}

/** Cleans text for one report. */
export interface PrivateText {
  /** A name, key or path; empty where names are not shown. */
  readonly name: (text: string) => string
  /** What a model said. Only addresses and keys are changed. */
  readonly said: (text: string, role: TextRole) => string
  /** An error's text. `known` are the input's own names, which are taken out where names are not shown. */
  readonly error: (text: string, known: ReadonlyArray<string>) => string
}

const urlLike = /\b(?:[a-z][a-z0-9+.-]*:\/\/|data:)[^\s"'<>\\]+/gi
/** Keys that are recognised by their form: those of well-known vendors, and JSON web tokens. */
const keyLike =
  /\b(?:sk|pk|rk|ghp|gho|github_pat|xox[abps]|hf|AKIA|ASIA|AIza)[-_A-Za-z0-9]{12,}|\beyJ[\w-]{8,}\.[\w.-]+/g
const authorization = /\b(Key|Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{6,}/gi
/** A run of letters and digits that no language has. */
const bytesLike = /[A-Za-z0-9+/_-]{200,}={0,2}/g

/** Encoded bytes have both cases, digits, and most of the alphabet; a long word, or one letter many times, has not. */
const isEncoded = (run: string): boolean =>
  /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) && new Set(run).size > 20
/** An absolute path, of either kind of system, or one from the home folder. */
const pathLike = /(?<![\w:/<>])(?:~?\/|[A-Za-z]:\\|\.\.?[/\\])[^\s"'<>:;,]+/g

/** Longest name or title that is kept, in UTF-16 units: hostile names have been seen to have thousands. */
const longestName = 400

/** The text up to `length` units, never ending in half of a character. */
export const shorten = (text: string, length: number): string => {
  if (text.length <= length) return text
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, length)) ? length - 1 : length
  return `${text.slice(0, end)}…`
}

const withoutKeys = (text: string): string =>
  text
    .replace(urlLike, (url) => redactUrl(url))
    .replace(authorization, "$1 <redacted>")
    .replace(keyLike, "<redacted>")
    .replace(bytesLike, (run) => (isEncoded(run) ? "<bytes>" : run))

/** Makes the cleaner of one report. */
export const makePrivateText = ({ names, redact = (text) => text }: TextOptions): PrivateText => ({
  name: (text) => (names ? redact(shorten(withoutKeys(text), longestName), "name") : ""),
  said: (text, role) => redact(withoutKeys(text), role),
  error: (text, known) => {
    if (names) return redact(scrub(text, noSecrets), "error")
    const longestFirst = known.filter((one) => one.length > 1).toSorted((a, b) => b.length - a.length)
    const nameless = longestFirst.reduce((all, one) => all.replaceAll(one, "<input>"), text)
    return redact(scrub(nameless.replace(urlLike, "<address>"), noSecrets).replace(pathLike, "<file>"), "error")
  }
})
