/** The results inside an answer as flat rows, for tables and CSV. */
import type { Plain } from "./plain-answer.ts"

/** One result: a concept, a region's concept, a text. Members that do not apply are undefined. */
export interface Row {
  readonly timeMs?: number
  readonly name?: string
  readonly score?: number
  /** Fractions of the image: top, left, bottom, right. */
  readonly box?: readonly [number, number, number, number]
  readonly text?: string
}

type Members = { readonly [key: string]: Plain }

const isMembers = (value: Plain | undefined): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const listOf = (value: Plain | undefined): ReadonlyArray<Members> =>
  Array.isArray(value) ? (value as ReadonlyArray<Plain>).filter(isMembers) : []

const numberOf = (value: Plain | undefined): number | undefined => (typeof value === "number" ? value : undefined)
const textOf = (value: Plain | undefined): string | undefined => (typeof value === "string" ? value : undefined)

/** Leaves out members that are undefined. */
const row = (members: { readonly [K in keyof Row]: Row[K] | undefined }): Row =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Row // the same members

const conceptRows = (value: Plain | undefined): ReadonlyArray<Row> =>
  listOf(value).map((concept) => row({ name: textOf(concept["name"]), score: numberOf(concept["score"]) }))

const boxOf = (value: Plain | undefined): Row["box"] | undefined => {
  if (!isMembers(value)) return undefined
  const [top, left, bottom, right] = ["top", "left", "bottom", "right"].map((side) => numberOf(value[side]))
  return top === undefined || left === undefined || bottom === undefined || right === undefined
    ? undefined
    : [top, left, bottom, right]
}

const regionRows = (value: Plain | undefined): ReadonlyArray<Row> =>
  listOf(value).flatMap((region) => {
    const box = boxOf(region["box"])
    const concepts = conceptRows(region["concepts"])
    const text = textOf(region["text"])
    const alone = row({ score: numberOf(region["score"]), box, text })
    return concepts.length === 0 ? [alone] : concepts.map((one) => row({ ...one, box, text }))
  })

const describeVector = (embedding: Members): string => {
  const vector = embedding["vector"]
  return `embedding of ${Array.isArray(vector) ? vector.length : 0} numbers`
}

const mediaText = (answer: Members, name: string): ReadonlyArray<Row> => {
  const made = answer[name]
  if (!isMembers(made)) return []
  const where = textOf(made["file"]) ?? textOf(made["url"])
  return [row({ text: where ?? `${name}; save it with --save` })]
}

/** All results of an answer. */
export const rowsOf = (answer: Members): ReadonlyArray<Row> => {
  const lines = listOf(answer["regions"]).map((region) => textOf(region["text"]))
  // The whole text of an image repeats the lines of its regions.
  const isRepeated = lines.length > 0 && lines.every((line) => line !== undefined)
  const text = isRepeated ? undefined : textOf(answer["text"])
  return [
    ...conceptRows(answer["concepts"]),
    ...regionRows(answer["regions"]),
    ...listOf(answer["frames"]).flatMap((frame) =>
      [...conceptRows(frame["concepts"]), ...regionRows(frame["regions"])].map((one) =>
        row({ timeMs: numberOf(frame["timeMs"]), ...one })
      )
    ),
    ...(text === undefined ? [] : [row({ text })]),
    ...listOf(answer["embeddings"]).map((embedding) => row({ text: describeVector(embedding) })),
    ...["image", "audio", "video"].flatMap((name) => mediaText(answer, name)),
    ...listOf(answer["parts"]).flatMap((part) => rowsOf(part))
  ]
}
