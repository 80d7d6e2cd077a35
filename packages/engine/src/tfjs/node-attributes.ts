/** Attributes of TensorFlow's operations. */
import { type TfNode, UnsupportedGraph } from "./tfjs-model.ts"

const fromBase64 = (value: string): string => Buffer.from(value, "base64").toString("latin1")

/** A text attribute. */
export const textAttribute = ({ attr = {} }: TfNode, name: string): string => fromBase64(attr[name]?.s ?? "")

/** A list of texts. */
export const textsAttribute = ({ attr = {} }: TfNode, name: string): ReadonlyArray<string> =>
  (attr[name]?.list?.s ?? []).map(fromBase64)

/** A list of integers. */
export const intsAttribute = ({ attr = {} }: TfNode, name: string): ReadonlyArray<number> =>
  (attr[name]?.list?.i ?? []).map(Number)

/** A number, if it is stated. */
export const numberAttribute = ({ attr = {} }: TfNode, name: string): number | undefined => {
  const value = attr[name]?.i ?? attr[name]?.f
  return value === undefined ? undefined : Number(value)
}

/** A flag. @default false */
export const flagAttribute = ({ attr = {} }: TfNode, name: string): boolean => attr[name]?.b ?? false

/** An element type of TensorFlow by its ONNX number; integers are of 64 bits. */
export const elementAttribute = (node: TfNode, name: string): number => {
  const type = String(node.attr?.[name]?.type)
  const known: Readonly<Record<string, number>> = { DT_FLOAT: 1, DT_INT32: 7, DT_INT64: 7, DT_BOOL: 9 }
  const found = known[type]
  if (found !== undefined) return found
  throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) uses ${type}`)
}
