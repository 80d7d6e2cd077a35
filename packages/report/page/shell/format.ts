/** Numbers as people read them. */

/** `12,345`. */
export const count = (value: number): string => value.toLocaleString("en-US")

/** `1 call`, `2 calls`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`

/** A score with three decimals, never rounded up to 1. */
export const score = (value: number): string => (value < 1 && value > 0.9995 ? "0.999" : value.toFixed(3))

/** `98.2 %`. */
export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`

/** `250 ms`, `1.25 s`, `3 min 20 s`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes} min ${Math.round((ms - minutes * 60_000) / 1000)} s`
}

/** The time in a clip: `0:01.500`. */
export const clock = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  const seconds = ((ms % 60_000) / 1000).toFixed(ms % 1000 === 0 ? 0 : 3)
  return `${minutes}:${seconds.padStart(ms % 1000 === 0 ? 2 : 6, "0")}`
}

/** `1.4 MB`, in powers of ten. */
export const bytes = (value: number): string => {
  if (value < 1000) return `${value} B`
  const [scaled, unit] = value < 1e6 ? [value / 1e3, "kB"] : value < 1e9 ? [value / 1e6, "MB"] : [value / 1e9, "GB"]
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${unit}`
}
