/** An image that a graph draws. */
import { GraphProblem, portText } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"
import type { ManifestValue } from "../model-manifest.ts"

type Meaning = NonNullable<ManifestValue["outputs"]>

const isChannels = (size: number): boolean => size === 1 || size === 3

/** The pixels in an output [1, channels, height, width] or [1, height, width, channels] of 1 or 3 channels. */
export const readImage = (
  tensor: GraphTensor,
  { layout, range }: Meaning = {}
): { readonly width: number; readonly height: number; readonly data: Uint8Array } => {
  const { data, integers, shape } = tensor
  const [batch = 0, a = 0, b = 0, c = 0] = shape
  const problem = (why: string) => new GraphProblem(`the output ${portText(tensor)} ${why}`)
  if (shape.length !== 4 || batch !== 1 || data.length === 0 || !(isChannels(a) || isChannels(c)))
    throw problem("is no image of 1 or 3 channels, [1, channels, height, width] or [1, height, width, channels]")
  if (layout === undefined && isChannels(a) && isChannels(c)) throw problem("can be read both ways; set outputs.layout")
  const how = layout ?? (isChannels(a) ? "nchw" : "nhwc")
  const [channels, height, width] = how === "nchw" ? [a, b, c] : [c, a, b]
  if (!isChannels(channels)) throw problem(`has ${channels} channels, read as ${how}; 1 or 3 make an image`)
  const [black, white] = range ?? (integers ? [0, 255] : [0, 1])
  if (black === white) throw new GraphProblem("outputs.range must be two different numbers")
  const pixels = new Uint8Array(data.length)
  const area = width * height
  for (let pixel = 0; pixel < area; pixel++)
    for (let channel = 0; channel < channels; channel++) {
      const value = data[how === "nchw" ? channel * area + pixel : pixel * channels + channel] ?? Number.NaN
      if (!Number.isFinite(value)) throw problem("holds values that are not numbers")
      const level = Math.round(((value - black) / (white - black)) * 255)
      pixels[pixel * channels + channel] = Math.min(255, Math.max(0, level))
    }
  return { width, height, data: pixels }
}
