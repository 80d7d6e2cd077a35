/** How often a property is tried: `few` in the normal suite, many times that in the long one. */
export const runs = (few: number): number => few * Number(process.env["SIGHTLINE_RUNS"] ?? 1)
