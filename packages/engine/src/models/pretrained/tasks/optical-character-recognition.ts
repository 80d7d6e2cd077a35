/**
 * Folder `tasks`: what models do beyond one graph on one image, a file for each task. This file: text in images: one graph
 * finds lines, a second one reads each of them.
 */
import { readFile } from "node:fs/promises"
import sharp from "sharp"
import { toTensor } from "../../../onnx/preprocessing/fit-pixels.ts"
import { GraphProblem, portText } from "../../../onnx/graph-problem.ts"
import { fileInFolder, type GraphTensor, type OpenGraph, openGraph } from "../../../onnx/graph-session.ts"
import type { ModelBox } from "../../../onnx/label.ts"
import type { ManifestValue } from "../../../onnx/model-manifest.ts"
import { neutralImage } from "../../../onnx/probe-images.ts"
import {
  classCharacters,
  parseDictionary,
  readCharacters,
  type ReadLine
} from "../../../onnx/postprocessing/read-characters.ts"
import { areShares, checkNumbers } from "../../../onnx/postprocessing/read-scores.ts"
import { findTextLines, readingOrder } from "../../../onnx/postprocessing/text-lines.ts"
import type { Pixels } from "../../../vision/pixels.ts"
import { imageOf } from "../model-process/job-image.ts"
import type { LoadedModel, ModelSetup } from "../model-process/model-messages.ts"

/** The long side of the image in which lines are found, in pixels. Source: PP-OCR's default. */
const detectionSide = 960
/** Both sides of the detector's input are multiples of it. */
const detectionStep = 32
/** A line that is read with less certainty is left out. Source: PP-OCR's default. */
const minLineScore = 0.5
/** Wider lines are squeezed, in pixels. */
const maxLineWidth = 3200

interface Form {
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
  readonly order: "rgb" | "bgr"
  readonly scale: number
}

const resize = async (from: Pixels, width: number, height: number): Promise<Pixels> => ({
  width,
  height,
  data: await sharp(from.data, { raw: { width: from.width, height: from.height, channels: 3 } })
    .resize({ width, height, fit: "fill" })
    .raw()
    .toBuffer()
})

const crop = async (
  from: Pixels,
  area: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  size: { readonly width: number; readonly height: number }
): Promise<Pixels> => ({
  ...size,
  data: await sharp(from.data, { raw: { width: from.width, height: from.height, channels: 3 } })
    .extract(area)
    .resize({ ...size, fit: "fill" })
    .raw()
    .toBuffer()
})

/** The image input of a graph, [1, channels, height, width]: grey or colours, of any size or a fixed one. */
const imagePort = (graph: OpenGraph, file: string) => {
  const [port, ...others] = graph.inputs
  const channels = port?.shape[1] === 1 ? 1 : 3
  if (
    port?.shape.length !== 4 ||
    others.length > 0 ||
    port.type !== "float32" ||
    (typeof port.shape[1] === "number" && port.shape[1] !== channels)
  )
    throw new GraphProblem(
      `${file} takes ${graph.inputs.map(portText).join(", ")}; it must take one image as float32, [1, channels, height, width]`
    )
  const fixed = (at: number) => (typeof port.shape[at] === "number" ? port.shape[at] : undefined)
  return { name: port.name, channels, height: fixed(2), width: fixed(3) } as const
}

/** Runs a graph that takes one image. */
const runOn = async (graph: OpenGraph, file: string, pixels: Pixels, form: Form): Promise<GraphTensor> => {
  const port = imagePort(graph, file)
  const data = toTensor(pixels, { ...form, channels: port.channels, layout: "nchw", type: "float32" })
  const shape = [1, port.channels, pixels.height, pixels.width]
  const [output, ...more] = await graph.run({ [port.name]: { type: "float32", shape, data } })
  if (output === undefined || more.length > 0) throw new GraphProblem(`${file} must have one output`)
  checkNumbers(output)
  return output
}

const formOf = (given: NonNullable<ManifestValue["image"]> | NonNullable<ManifestValue["reader"]> = {}): Form => ({
  mean: given.mean ?? [0],
  std: given.std ?? [1],
  order: given.order ?? "rgb",
  scale: "scale" in given ? (given.scale ?? 255) : 255
})

/** The map of a detector at the size of its input. */
const readMap = (tensor: GraphTensor, file: string, { height, width }: Pixels): GraphTensor["data"] => {
  if (tensor.data.length !== width * height || !areShares(tensor.data))
    throw new GraphProblem(
      `the output ${portText(tensor)} of ${file} is no map of probabilities [1, 1, ${height}, ${width}] of its input`
    )
  return tensor.data
}

const toSteps = (length: number): number => Math.max(detectionStep, Math.round(length / detectionStep) * detectionStep)

/** Opens both graphs and runs each once. Rejects if one of them, the dictionary or the manifest does not fit. */
export const loadTextModel = async ({ folder, manifest }: ModelSetup): Promise<LoadedModel> => {
  const { file: detectorFile = "model.onnx", image, reader } = manifest
  if (reader === undefined)
    throw new GraphProblem("manifest.json must name in `reader` the graph that reads lines, and its dictionary")
  const dictionary = parseDictionary(await readFile(fileInFolder(folder, reader.dictionary), "utf8"))
  const detector = await openGraph(fileInFolder(folder, detectorFile))
  const recognizer = await openGraph(fileInFolder(folder, reader.file))
  const [detectorForm, readerForm] = [formOf(image), formOf(reader)]
  const { height: fixedHeight, width: fixedWidth } = imagePort(recognizer, reader.file)
  const { height = fixedHeight ?? 48, width: minWidth = fixedWidth ?? 320 } = reader

  const detect = async (pixels: Pixels) => {
    const scale = Math.min(1, detectionSide / Math.max(pixels.width, pixels.height))
    const small = await resize(pixels, toSteps(pixels.width * scale), toSteps(pixels.height * scale))
    const map = readMap(await runOn(detector, detectorFile, small, detectorForm), detectorFile, small)
    return { lines: findTextLines(map, small.width, small.height), map: small }
  }
  const recognize = async (line: Pixels): Promise<GraphTensor> => {
    // Narrow lines are padded with the grey that becomes 0, as in training.
    const padded: Pixels =
      line.width >= minWidth
        ? line
        : {
            width: minWidth,
            height,
            data: await sharp(line.data, { raw: { width: line.width, height, channels: 3 } })
              .extend({ right: minWidth - line.width, background: { r: 128, g: 128, b: 128 } })
              .raw()
              .toBuffer()
          }
    return await runOn(recognizer, reader.file, padded, readerForm)
  }

  await detect(neutralImage(64, 64))
  const characters = classCharacters(await recognize(neutralImage(minWidth, height)), dictionary)

  const readLine = async (pixels: Pixels, box: ModelBox): Promise<ReadLine> => {
    const left = Math.floor(box.left * pixels.width)
    const top = Math.floor(box.top * pixels.height)
    const area = {
      left,
      top,
      width: Math.max(1, Math.min(pixels.width, Math.ceil(box.right * pixels.width)) - left),
      height: Math.max(1, Math.min(pixels.height, Math.ceil(box.bottom * pixels.height)) - top)
    }
    const width = Math.min(fixedWidth ?? maxLineWidth, Math.max(16, Math.round((height * area.width) / area.height)))
    return readCharacters(await recognize(await crop(pixels, area, { width, height })), characters)
  }

  return {
    labels: [],
    run: async (job) => {
      const given = imageOf(job)
      const { stored } = job
      // Decoding stretches images of extreme proportions; letters need those that they had.
      const pixels =
        stored === undefined
          ? given
          : await resize(given, given.width, Math.max(1, Math.round((given.width * stored.height) / stored.width)))
      const { lines, map } = await detect(pixels)
      const boxes = lines.map((line) => ({
        left: line.left / map.width,
        top: line.top / map.height,
        right: line.right / map.width,
        bottom: line.bottom / map.height
      }))
      const rows: Array<ReadonlyArray<ModelBox & ReadLine>> = []
      for (const row of readingOrder(boxes)) {
        const read: Array<ModelBox & ReadLine> = []
        for (const box of row) {
          const line = await readLine(pixels, box)
          if (line.text.trim() !== "" && line.score >= minLineScore) read.push({ ...box, ...line })
        }
        if (read.length > 0) rows.push(read)
      }
      return { kind: "lines", rows }
    }
  }
}
