/** Time as the protocol writes it. */

/** RFC 3339 in UTC, with milliseconds. */
export const now = (): string => new Date().toISOString()
