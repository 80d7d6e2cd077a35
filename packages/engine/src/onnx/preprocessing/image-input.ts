/** The image input of a graph: what the graph itself states, completed by the manifest, refused where they differ. */
import { GraphProblem, portText, shapeText } from "../graph-problem.ts"
import type { GraphFeed, GraphPort, OpenGraph } from "../graph-session.ts"
import type { ManifestValue } from "../model-manifest.ts"

/** How an image becomes the input of a graph, without anything left open. */
export interface GraphImage {
  readonly name: string
  readonly type: "float32" | "uint8"
  readonly shape: readonly [number, number, number, number]
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly layout: "nchw" | "nhwc"
  readonly fit: "fill" | "cover" | "contain"
  readonly order: "rgb" | "bgr"
  readonly scale: number
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
}

const pickPort = ({ inputs }: OpenGraph, name: string | undefined): GraphPort => {
  const listed = inputs.map(portText).join(", ")
  const found =
    name === undefined ? inputs.filter(({ shape }) => shape.length === 4) : inputs.filter((port) => port.name === name)
  const [port] = found
  if (port !== undefined && found.length === 1) return port
  if (name !== undefined) throw new GraphProblem(`the graph has no input ${name}; it has ${listed}`)
  throw new GraphProblem(
    found.length === 0
      ? `the graph has no input of four dimensions for an image; it has ${listed}`
      : `the graph has several inputs for an image: ${listed}; name one in image.input`
  )
}

const isChannels = (size: number | string | undefined): boolean => size === 1 || size === 3

/** Which of the last three sizes is that of the channels. */
const layoutOf = (port: GraphPort, declared: "nchw" | "nhwc" | undefined): "nchw" | "nhwc" => {
  const { shape } = port
  const [first, last] = [isChannels(shape[1]), isChannels(shape[3])]
  if (declared !== undefined) return declared
  if (first !== last) return first ? "nchw" : "nhwc"
  if (typeof shape[1] === "string" && typeof shape[3] === "string") return "nchw"
  if (first && last) throw new GraphProblem(`the input ${portText(port)} can be read both ways; state image.layout`)
  if (typeof shape[1] === "string") return "nchw"
  if (typeof shape[3] === "string") return "nhwc"
  throw new GraphProblem(`the input ${portText(port)} has neither 1 nor 3 channels; only grey and RGB images are given`)
}

const sizeOf = (
  side: "width" | "height",
  port: GraphPort,
  stated: number | string | undefined,
  declared: number | undefined
): number => {
  if (typeof stated !== "number") {
    if (declared !== undefined) return declared
    throw new GraphProblem(`the graph takes any ${side} (${portText(port)}); state image.${side} in manifest.json`)
  }
  if (declared === undefined || declared === stated) return stated
  throw new GraphProblem(`the graph takes ${portText(port)}, but image.${side} in manifest.json is ${declared}`)
}

/** Completes the manifest's image by the graph's input. Throws `GraphProblem` where they differ. */
export const resolveImage = (graph: OpenGraph, declared: ManifestValue["image"] = {}): GraphImage => {
  const port = pickPort(graph, declared.input)
  const { name, shape, type } = port
  if (shape.length !== 4) throw new GraphProblem(`the input ${portText(port)} has not four dimensions`)
  if (type !== "float32" && type !== "uint8")
    throw new GraphProblem(`the input ${portText(port)} is ${type}; images are given as float32 or uint8`)
  if (typeof shape[0] === "number" && shape[0] !== 1)
    throw new GraphProblem(`the graph takes batches of ${shape[0]} images (${portText(port)}); export it for one`)
  const layout = layoutOf(port, declared.layout)
  const [atChannels, atHeight, atWidth] = layout === "nchw" ? [1, 2, 3] : [3, 1, 2]
  const stated = shape[atChannels]
  if (typeof stated === "number" && stated !== 1 && stated !== 3)
    throw new GraphProblem(
      `the graph takes ${portText(port)}: read as ${layout}, it has ${stated} channels; only 1 and 3 are given`
    )
  const channels = stated === 1 ? 1 : 3
  const height = sizeOf("height", port, shape[atHeight], declared.height)
  const width = sizeOf("width", port, shape[atWidth], declared.width)
  const { fit = "fill", mean = [0], order = "rgb", scale = 255, std = [1] } = declared
  if (type === "uint8" && (declared.mean ?? declared.std ?? declared.scale) !== undefined)
    throw new GraphProblem(`the input ${portText(port)} takes levels 0..255 as they are; leave out scale, mean and std`)
  if ([...std, scale].includes(0)) throw new GraphProblem("image.scale and image.std must not be 0")
  return {
    name,
    type,
    shape: layout === "nchw" ? [1, channels, height, width] : [1, height, width, channels],
    width,
    height,
    channels,
    layout,
    fit,
    order,
    scale,
    mean,
    std
  }
}

/** The constant inputs of the manifest. Throws for one that is missing, not known, or of another length. */
export const resolveConstants = (
  { inputs }: OpenGraph,
  image: string,
  constants: ManifestValue["inputs"] = {}
): Readonly<Record<string, GraphFeed>> => {
  const others = inputs.filter(({ name }) => name !== image)
  const unknown = Object.keys(constants).find((name) => !others.some((port) => port.name === name))
  if (unknown !== undefined)
    throw new GraphProblem(`the graph has no input ${unknown}; it has ${inputs.map(portText).join(", ")}`)
  return Object.fromEntries(
    others.map((port) => {
      const { name, shape, type } = port
      const data = constants[name]
      if (data === undefined)
        throw new GraphProblem(`the graph has another input, ${portText(port)}; give its values in inputs.${name}`)
      if (type !== "float32" && type !== "int64" && type !== "int32" && type !== "uint8")
        throw new GraphProblem(`the input ${portText(port)} is ${type}, which cannot be given`)
      const open = shape.filter((size) => typeof size === "string").length
      const known = shape.reduce<number>((product, size) => product * (typeof size === "number" ? size : 1), 1)
      // One value fills a shape: the state that a graph begins with.
      if (open === 0 && data.length === 1)
        return [name, { type, shape: shape.map(Number), data: Array.from({ length: known }, () => data[0] ?? 0) }]
      const rest = data.length / known
      if (!Number.isInteger(rest) || (open === 0 && rest !== 1) || data.length === 0)
        throw new GraphProblem(`inputs.${name} has ${data.length} values, which do not make ${shapeText(shape)}`)
      // Sizes that are left open are 1, but for the last of them.
      let left = open
      const sizes = shape.map((size) => (typeof size === "number" ? size : --left === 0 ? rest : 1))
      return [name, { type, shape: sizes, data }]
    })
  )
}
