/** Convolutions, pooling and resizing: ONNX wants channels before height and width, so they are turned there and back. */
import type { Convert, Operation } from "./convert-graph.ts"
import { applyFused } from "./element-operations.ts"
import { flagAttribute, intsAttribute, numberAttribute, textAttribute, textsAttribute } from "./node-attributes.ts"
import { UnsupportedGraph } from "./tfjs-model.ts"

const toChannelsFirst = ({ add }: Operation, value: string): string => add("Transpose", [value], { perm: [0, 3, 1, 2] })
const toChannelsLast = ({ add }: Operation, value: string): string => add("Transpose", [value], { perm: [0, 2, 3, 1] })

/** The weights of a convolution. */
interface Filter {
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array
}

/** Reorders the four axes of a filter. */
const permute = ({ data, shape }: Filter, order: readonly [number, number, number, number]): Filter => {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const [p = 0, q = 0, r = 0, s = 0] = order.map((axis) => shape[axis] ?? 0)
  const [a = 0, b = 0, c = 0, d = 0] = order.map((axis) => steps[axis] ?? 0)
  const out = new Float32Array(data.length)
  let at = 0
  for (let i = 0; i < p; i++)
    for (let j = 0; j < q; j++)
      for (let k = 0; k < r; k++) for (let l = 0; l < s; l++) out[at++] = data[i * a + j * b + k * c + l * d] ?? 0
  return { shape: [p, q, r, s], data: out }
}

/** The two sizes of an attribute in the order batch, height, width, channels. */
const spatial = ({ node }: Operation, name: string): readonly [number, number] => {
  const [, height = 1, width = 1] = intsAttribute(node, name)
  return [height, width]
}

const checkLayout = ({ node }: Operation): void => {
  const layout = textAttribute(node, "data_format")
  if (layout !== "" && layout !== "NHWC")
    throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) has the layout ${layout}`)
}

const padding = ({ node }: Operation): Readonly<Record<string, string | ReadonlyArray<number>>> => {
  const kind = textAttribute(node, "padding")
  if (kind === "SAME") return { auto_pad: "SAME_UPPER" }
  if (kind === "VALID") return { auto_pad: "VALID" }
  const [, , top = 0, bottom = 0, left = 0, right = 0] = intsAttribute(node, "explicit_paddings")
  return { pads: [top, left, bottom, right] }
}

const filterOf = ({ constant, node }: Operation, index: number): Filter => {
  const { data, shape } = constant(index)
  if (shape.length === 4 && data instanceof Float32Array) return { shape, data }
  throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) has a filter of the shape [${shape.join(", ")}]`)
}

const convolution =
  (depthwise: boolean): Convert =>
  (operation) => {
    const { add, input, node, tensor } = operation
    checkLayout(operation)
    const filter = filterOf(operation, 1)
    const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape
    const { data, shape } = permute(filter, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1])
    const weights = tensor(depthwise ? [channels * multiplier, 1, height, width] : shape, data)
    const bias = textsAttribute(node, "fused_ops").includes("BiasAdd") ? [input(2)] : []
    const result = add("Conv", [toChannelsFirst(operation, input(0)), weights, ...bias], {
      strides: spatial(operation, "strides"),
      dilations: spatial(operation, "dilations"),
      kernel_shape: [height, width],
      group: depthwise ? channels : 1,
      ...padding(operation)
    })
    return toChannelsLast(operation, applyFused(operation, result, 3))
  }

/** The inverse of a convolution: its result has the size that the first input states. */
const transposedConvolution: Convert = (operation) => {
  const { add, input, integers, tensor } = operation
  checkLayout(operation)
  const filter = filterOf(operation, 1)
  const { data, shape } = permute(filter, [3, 2, 0, 1])
  const [, outHeight = 0, outWidth = 0] = integers(0)
  const strides = spatial(operation, "strides")
  const [height = 1, width = 1] = filter.shape
  const isSame = textAttribute(operation.node, "padding") === "SAME"
  const cut = ([out, kernel, stride]: readonly [number, number, number]): number => {
    const given = isSame ? Math.ceil(out / stride) : Math.ceil((out - kernel + 1) / stride)
    return stride * (given - 1) + kernel - out
  }
  const cuts = [cut([outHeight, height, strides[0]]), cut([outWidth, width, strides[1]])]
  const before = cuts.map((total) => Math.floor(Math.max(0, total) / 2))
  const after = cuts.map((total, axis) => Math.max(0, total) - (before[axis] ?? 0))
  const result = add("ConvTranspose", [toChannelsFirst(operation, input(2)), tensor(shape, data)], {
    strides,
    kernel_shape: [height, width],
    pads: [...before, ...after],
    output_padding: cuts.map((total) => Math.max(0, -total))
  })
  return toChannelsLast(operation, result)
}

const pooling =
  (op: string): Convert =>
  (operation) => {
    checkLayout(operation)
    const result = operation.add(op, [toChannelsFirst(operation, operation.input(0))], {
      kernel_shape: spatial(operation, "ksize"),
      strides: spatial(operation, "strides"),
      ...padding(operation)
    })
    return toChannelsLast(operation, result)
  }

const resizing =
  (mode: "linear" | "nearest"): Convert =>
  (operation) => {
    const { add, input, integers, ints, node } = operation
    const halfPixel = flagAttribute(node, "half_pixel_centers")
    const coordinates = flagAttribute(node, "align_corners")
      ? "align_corners"
      : halfPixel
        ? mode === "linear"
          ? "half_pixel"
          : "tf_half_pixel_for_nn"
        : "asymmetric"
    const first = toChannelsFirst(operation, input(0))
    // The number of images and channels is that of the input.
    const kept = add("Slice", [add("Shape", [first]), ints([0]), ints([2])])
    const sizes = add("Concat", [kept, ints(integers(1))], { axis: 0 })
    const result = add("Resize", [first, "", "", sizes], {
      mode,
      coordinate_transformation_mode: coordinates,
      ...(mode === "nearest" ? { nearest_mode: "floor" } : {})
    })
    return toChannelsLast(operation, result)
  }

/** Scale and shift of each channel by statistics that were recorded. */
const normalization: Convert = (operation) => {
  const { add, input, node } = operation
  checkLayout(operation)
  if (flagAttribute(node, "is_training"))
    throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) is one of training`)
  const result = add(
    "BatchNormalization",
    [toChannelsFirst(operation, input(0)), input(1), input(2), input(3), input(4)],
    { epsilon: { float: numberAttribute(node, "epsilon") ?? 1e-4 } }
  )
  return toChannelsLast(operation, result)
}

/** By TensorFlow's names. */
export const spatialOperations: Readonly<Record<string, Convert>> = {
  AvgPool: pooling("AveragePool"),
  Conv2D: convolution(false),
  Conv2DBackpropInput: transposedConvolution,
  DepthwiseConv2dNative: convolution(true),
  FusedBatchNorm: normalization,
  FusedBatchNormV3: normalization,
  FusedDepthwiseConv2dNative: convolution(true),
  MaxPool: pooling("MaxPool"),
  ResizeBilinear: resizing("linear"),
  ResizeNearestNeighbor: resizing("nearest"),
  _FusedConv2D: convolution(false)
}
