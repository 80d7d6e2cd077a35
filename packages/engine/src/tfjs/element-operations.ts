/** Operations on each number of a tensor, and reductions. */
import type { Convert, Operation } from "./convert-graph.ts"
import { elementAttribute, flagAttribute, numberAttribute, textsAttribute } from "./node-attributes.ts"
import { UnsupportedGraph } from "./tfjs-model.ts"

const all = ({ count, input }: Operation): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => input(i))

/** An operation that ONNX has with the same meaning. */
const same =
  (op: string): Convert =>
  (operation) =>
    operation.add(op, all(operation))

const relu6 = ({ add, float }: Operation, value: string): string => add("Clip", [value, float(0), float(6)])

const leaky = ({ add, node }: Operation, value: string, name: string): string =>
  add("LeakyRelu", [value], { alpha: { float: numberAttribute(node, name) ?? 0.2 } })

/** The operations that follow in a fused one, after the bias. `next` is the index of the first input that they may take. */
export const applyFused = (operation: Operation, value: string, next: number): string => {
  const { add, input, node } = operation
  let result = value
  for (const op of textsAttribute(node, "fused_ops")) {
    if (op === "BiasAdd") continue
    if (op === "Relu" || op === "Elu" || op === "Sigmoid" || op === "Tanh") result = add(op, [result])
    else if (op === "Relu6") result = relu6(operation, result)
    else if (op === "LeakyRelu") result = leaky(operation, result, "leakyrelu_alpha")
    else if (op === "Prelu") result = add("PRelu", [result, input(next)])
    else throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) is fused with ${op}`)
  }
  return result
}

const matrixProduct: Convert = (operation) => {
  const { add, input, node } = operation
  const side = (index: number, flag: string) =>
    flagAttribute(node, flag) ? add("Transpose", [input(index)], { perm: [1, 0] }) : input(index)
  const product = add("MatMul", [side(0, "transpose_a"), side(1, "transpose_b")])
  const biased = textsAttribute(node, "fused_ops").includes("BiasAdd") ? add("Add", [product, input(2)]) : product
  return applyFused(operation, biased, 3)
}

const reduction =
  (op: string): Convert =>
  ({ add, input, integers, ints, node }) =>
    add(op, [input(0), ints(integers(1))], { keepdims: flagAttribute(node, "keep_dims") ? 1 : 0 })

const isInteger = ({ node }: Operation): boolean => elementAttribute(node, "T") === 7

/** The whole part of a quotient, rounded down. ONNX rounds integers towards zero. */
const floorDivide: Convert = (operation) => {
  const { add } = operation
  const [a = "", b = ""] = all(operation)
  if (!isInteger(operation)) return add("Floor", [add("Div", [a, b])])
  return add("Div", [add("Sub", [a, add("Mod", [a, b])]), b])
}

const floorRemainder: Convert = (operation) => {
  const { add } = operation
  const [a = "", b = ""] = all(operation)
  if (isInteger(operation)) return add("Mod", [a, b])
  return add("Sub", [a, add("Mul", [b, add("Floor", [add("Div", [a, b])])])])
}

const argument =
  (op: string): Convert =>
  ({ add, input, integers }) =>
    add(op, [input(0)], { axis: integers(1)[0] ?? 0, keepdims: 0 })

/** By TensorFlow's names. */
export const elementOperations: Readonly<Record<string, Convert>> = {
  Abs: same("Abs"),
  Add: same("Add"),
  AddN: same("Sum"),
  AddV2: same("Add"),
  BiasAdd: same("Add"),
  Ceil: same("Ceil"),
  Elu: same("Elu"),
  Equal: same("Equal"),
  Exp: same("Exp"),
  Floor: same("Floor"),
  Greater: same("Greater"),
  GreaterEqual: same("GreaterOrEqual"),
  Identity: same("Identity"),
  Less: same("Less"),
  LessEqual: same("LessOrEqual"),
  Log: same("Log"),
  LogicalAnd: same("And"),
  LogicalNot: same("Not"),
  LogicalOr: same("Or"),
  Maximum: same("Max"),
  Minimum: same("Min"),
  Mul: same("Mul"),
  Neg: same("Neg"),
  Pow: same("Pow"),
  Prelu: same("PRelu"),
  RealDiv: same("Div"),
  Reciprocal: same("Reciprocal"),
  Relu: same("Relu"),
  Select: same("Where"),
  SelectV2: same("Where"),
  Sigmoid: same("Sigmoid"),
  Softplus: same("Softplus"),
  Sqrt: same("Sqrt"),
  Sub: same("Sub"),
  Tanh: same("Tanh"),
  ArgMax: argument("ArgMax"),
  ArgMin: argument("ArgMin"),
  Cast: ({ add, input, node }) => add("Cast", [input(0)], { to: elementAttribute(node, "DstT") }),
  FloorDiv: floorDivide,
  FloorMod: floorRemainder,
  LeakyRelu: (operation) => leaky(operation, operation.input(0), "alpha"),
  MatMul: matrixProduct,
  _FusedMatMul: matrixProduct,
  Max: reduction("ReduceMax"),
  Mean: reduction("ReduceMean"),
  Min: reduction("ReduceMin"),
  Prod: reduction("ReduceProd"),
  Relu6: (operation) => relu6(operation, operation.input(0)),
  Rsqrt: ({ add, input }) => add("Reciprocal", [add("Sqrt", [input(0)])]),
  Softmax: ({ add, input }) => add("Softmax", [input(0)], { axis: -1 }),
  Square: ({ add, input }) => add("Mul", [input(0), input(0)]),
  SquaredDifference: ({ add, input }) => {
    const difference = add("Sub", [input(0), input(1)])
    return add("Mul", [difference, difference])
  },
  Sum: reduction("ReduceSum")
}
