/** Operations that move numbers and leave them as they are. */
import type { Convert, Operation } from "./convert-graph.ts"
import { intsAttribute, numberAttribute } from "./node-attributes.ts"
import { UnsupportedGraph } from "./tfjs-model.ts"

const inputs = ({ input }: Operation, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => input(i))

const pad: Convert = ({ add, count, input, integers, ints }) => {
  const pairs = integers(1)
  const [before, after] = [pairs.filter((_, i) => i % 2 === 0), pairs.filter((_, i) => i % 2 === 1)]
  return add("Pad", [input(0), ints([...before, ...after]), ...(count > 2 ? [input(2)] : [])])
}

/** `tensor[begin:end:stride]`; bits of the masks stand for axes. */
const stridedSlice: Convert = ({ add, input, integers, ints, node }) => {
  const mask = (name: string): number => numberAttribute(node, `${name}_mask`) ?? 0
  if (mask("ellipsis") !== 0 || mask("new_axis") !== 0)
    throw new UnsupportedGraph(`its operation StridedSlice (${node.name}) uses an ellipsis or a new axis`)
  const [begin, end, strides] = [integers(1), integers(2), integers(3)]
  const has = (name: string, axis: number): boolean => (mask(name) & (1 << axis)) !== 0
  const far = 2 ** 31 - 1
  const axes = begin.map((_, axis) => axis)
  const shrunk = axes.filter((axis) => has("shrink_axis", axis))
  const isBack = (axis: number) => (strides[axis] ?? 1) < 0
  const from = axes.map((axis) =>
    has("begin", axis) && !has("shrink_axis", axis) ? (isBack(axis) ? far : 0) : (begin[axis] ?? 0)
  )
  const to = axes.map((axis) => {
    if (has("shrink_axis", axis)) return from[axis] === -1 ? far : (from[axis] ?? 0) + 1
    return has("end", axis) ? (isBack(axis) ? -far : far) : (end[axis] ?? 0)
  })
  const step = axes.map((axis) => (has("shrink_axis", axis) ? 1 : (strides[axis] ?? 1)))
  const part = add("Slice", [input(0), ints(from), ints(to), ints(axes), ints(step)])
  return shrunk.length === 0 ? part : add("Squeeze", [part, ints(shrunk)])
}

const slice: Convert = ({ add, input, integers, ints }) => {
  const [begin, size] = [integers(1), integers(2)]
  const end = begin.map((from, axis) => (size[axis] === -1 ? 2 ** 31 - 1 : from + (size[axis] ?? 0)))
  return add("Slice", [input(0), ints(begin), ints(end), ints(begin.map((_, axis) => axis))])
}

/** By TensorFlow's names. */
export const shapeOperations: Readonly<Record<string, Convert>> = {
  ConcatV2: (operation) => {
    const { add, count, integers } = operation
    return add("Concat", inputs(operation, count - 1), { axis: integers(count - 1)[0] ?? 0 })
  },
  ExpandDims: ({ add, input, integers, ints }) => add("Unsqueeze", [input(0), ints(integers(1))]),
  GatherV2: ({ add, count, input, integers, node }) => {
    if ((numberAttribute(node, "batch_dims") ?? 0) !== 0)
      throw new UnsupportedGraph(`its operation GatherV2 (${node.name}) has batch dimensions`)
    return add("Gather", [input(0), input(1)], { axis: count > 2 ? (integers(2)[0] ?? 0) : 0 })
  },
  Pack: (operation) => {
    const { add, count, input, ints, node } = operation
    const axis = numberAttribute(node, "axis") ?? 0
    return add(
      "Concat",
      Array.from({ length: count }, (_, i) => add("Unsqueeze", [input(i), ints([axis])])),
      { axis }
    )
  },
  Pad: pad,
  PadV2: pad,
  Reshape: ({ add, input }) => add("Reshape", [input(0), input(1)]),
  Shape: ({ add, input }) => add("Shape", [input(0)]),
  Slice: slice,
  Split: ({ addMany, input, integers, node }) => {
    const count = numberAttribute(node, "num_split") ?? 1
    return addMany("Split", [input(1)], count, { axis: integers(0)[0] ?? 0, num_outputs: count })
  },
  SplitV: ({ addMany, input, integers, ints }) => {
    const sizes = integers(1)
    return addMany("Split", [input(0), ints(sizes)], sizes.length, { axis: integers(2)[0] ?? 0 })
  },
  Squeeze: ({ add, input, ints, node }) => {
    const axes = intsAttribute(node, "squeeze_dims")
    return add("Squeeze", axes.length === 0 ? [input(0)] : [input(0), ints(axes)])
  },
  StridedSlice: stridedSlice,
  TopKV2: ({ addMany, input, integers, ints }) => addMany("TopK", [input(0), ints(integers(1))], 2),
  Transpose: ({ add, input, integers }) => add("Transpose", [input(0)], { perm: integers(1) })
}
