/** An id as a service writes it: 32 hexadecimal digits, the same for the same number. */
export const hexId = (n: number): string =>
  Array.from({ length: 32 }, (_, i) => ((n * 31 + i * 7) % 16).toString(16)).join("")
