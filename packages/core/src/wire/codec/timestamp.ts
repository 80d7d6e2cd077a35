// Times in their two forms: RFC 3339 text in JSON, seconds and nanoseconds in the binary form. Durations likewise.

/** A time since 1970, or a duration. Both parts of a negative duration are negative. */
export interface SecondsAndNanos {
  readonly seconds: number
  readonly nanos: number
}

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i

/**
 * Parses RFC 3339 text with up to nine digits of a second; undefined for other text.
 *
 * @example parseTimestamp("1970-01-01T00:00:01.5Z") // => { seconds: 1, nanos: 500_000_000 }
 */
export const parseTimestamp = (text: string): SecondsAndNanos | undefined => {
  const [, time, fraction = "", zone] = rfc3339.exec(text) ?? []
  const seconds = Date.parse(`${time}${zone}`) / 1000
  return Number.isNaN(seconds) ? undefined : { seconds, nanos: Number(fraction.padEnd(9, "0")) }
}

/**
 * Prints a time as RFC 3339 text with no, three, six or nine digits of a second; undefined for a time out of the range
 * of `Date`.
 *
 * @example printTimestamp({ seconds: 1, nanos: 500_000_000 }) // => "1970-01-01T00:00:01.500Z"
 */
export const printTimestamp = ({ nanos, seconds }: SecondsAndNanos): string | undefined => {
  const date = new Date(seconds * 1000)
  const inRange = !Number.isNaN(date.getTime()) && nanos >= 0 && nanos < 1e9
  return !inRange ? undefined : `${date.toISOString().slice(0, -5)}${printFraction(nanos)}Z`
}

/**
 * Parses a duration such as `1.5s`; undefined for other text.
 *
 * @example parseDuration("-1.5s") // => { seconds: -1, nanos: -500_000_000 }
 */
export const parseDuration = (text: string): SecondsAndNanos | undefined => {
  const [, sign, seconds, fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text) ?? []
  if (seconds === undefined) return undefined
  const factor = sign === "-" ? -1 : 1
  return { seconds: factor * Number(seconds), nanos: factor * Number(fraction.padEnd(9, "0")) }
}

/**
 * Prints a duration with no, three, six or nine digits of a second.
 *
 * @example printDuration({ seconds: 12, nanos: 0 }) // => "12s"
 */
export const printDuration = ({ nanos, seconds }: SecondsAndNanos): string =>
  `${seconds < 0 || nanos < 0 ? "-" : ""}${Math.abs(seconds)}${printFraction(Math.abs(nanos))}s`

const printFraction = (nanos: number): string => {
  if (nanos === 0) return ""
  const digits = String(nanos).padStart(9, "0")
  return `.${digits.endsWith("000000") ? digits.slice(0, 3) : digits.endsWith("000") ? digits.slice(0, 6) : digits}`
}
