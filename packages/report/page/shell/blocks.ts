/** Reads the packed data of this file: the overview at once, details and pictures in blocks when they are needed. */
import type { ReportData, RowDetail } from "../../src/document/report-data.ts"

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

const inflate = (base64: string): Promise<string> =>
  new Response(new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text()

/** The text of a block, once the browser has read all of it; undefined where the file has no such block. */
const textOf = (id: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const look = (): void => {
      const element = document.getElementById(id)
      const whole = document.readyState !== "loading" || (element !== null && element.nextElementSibling !== null)
      if (whole) resolve(element?.textContent ?? undefined)
      else requestAnimationFrame(look)
    }
    look()
  })

/** The overview. */
export const readData = async (): Promise<ReportData> =>
  // written by this package, of the format that this page was built for
  JSON.parse(await inflate((await textOf("data")) ?? "")) as ReportData

/** Details and pictures of one report. */
export class Blocks {
  readonly #data: ReportData
  readonly #details = new Map<number, Promise<ReadonlyArray<RowDetail>>>()
  readonly #pictures = new Map<number, Promise<ReadonlyArray<string>>>()
  /** Positions of pictures by row, then by slot. */
  readonly #byRow = new Map<number, Map<number, number>>()

  constructor(data: ReportData) {
    this.#data = data
    data.pictures.row.forEach((row, i) => {
      const slots = this.#byRow.get(row) ?? new Map<number, number>()
      this.#byRow.set(row, slots.set(data.pictures.slot[i] ?? 0, i))
    })
  }
  /** A row's detail. At most a few blocks are kept. */
  async detail(row: number): Promise<RowDetail | undefined> {
    const { rowsPerBlock } = this.#data
    const at = Math.floor(row / rowsPerBlock)
    const rows = await remembered(this.#details, at, 24, async () => {
      const packed = await textOf(`rows-${at}`)
      return packed === undefined ? [] : (JSON.parse(await inflate(packed)) as ReadonlyArray<RowDetail>)
    })
    return rows[row % rowsPerBlock]
  }
  /** Position of a row's picture; undefined where it has none. */
  pictureAt(row: number, slot: number): number | undefined {
    return this.#byRow.get(row)?.get(slot)
  }
  /** Width over height of a picture. */
  ratio(picture: number): number {
    const { height, width } = this.#data.pictures
    return (width[picture] ?? 1) / (height[picture] ?? 1)
  }
  /** The width of a picture in pixels. */
  width(picture: number): number {
    return this.#data.pictures.width[picture] ?? 0
  }
  /** A picture as a `data:` address. */
  async picture(picture: number): Promise<string> {
    const { perBlock } = this.#data.pictures
    const at = Math.floor(picture / perBlock)
    const some = await remembered(this.#pictures, at, 64, async () =>
      ((await textOf(`pictures-${at}`)) ?? "").split("\n")
    )
    return `data:image/webp;base64,${some[picture % perBlock] ?? ""}`
  }
}

/** What `make` gave for a key; the oldest of more than `most` is forgotten. */
const remembered = <A>(
  known: Map<number, Promise<A>>,
  key: number,
  most: number,
  make: () => Promise<A>
): Promise<A> => {
  const found = known.get(key) ?? make()
  known.delete(key)
  known.set(key, found)
  const [oldest] = known.keys()
  if (known.size > most && oldest !== undefined) known.delete(oldest)
  return found
}
