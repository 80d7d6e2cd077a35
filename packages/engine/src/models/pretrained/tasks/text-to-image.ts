/** Images from texts: a graph that takes the numbers of a text's words, and possibly random numbers. */
import { basename, dirname } from "node:path"
import type * as Hub from "@huggingface/transformers"
import { rgbPng } from "../../../onnx/preprocessing/fit-pixels.ts"
import { GraphProblem, portText, shapeText } from "../../../onnx/graph-problem.ts"
import { mainOutput } from "../../../onnx/graph-runner.ts"
import { resolveConstants } from "../../../onnx/preprocessing/image-input.ts"
import { fileInFolder, type GraphFeed, type GraphPort, openGraph } from "../../../onnx/graph-session.ts"
import { readImage } from "../../../onnx/postprocessing/read-image.ts"
import { importOptional } from "../../../optional-import.ts"
import { makeRandom } from "../../../seeded-random.ts"
import { textOf } from "../model-process/job-text.ts"
import type { LoadedModel, ModelSetup } from "../model-process/model-messages.ts"
import { numberOf } from "../transformers-output.ts"

/** Numbers of a normal distribution, the same for the same seed. */
const normalNumbers = (count: number, seed: number): Float32Array => {
  const random = makeRandom(seed)
  // Box and Muller: two uniform numbers make one normal one.
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    return radius * Math.cos(2 * Math.PI * random())
  })
}

const noiseFeed = (port: GraphPort, seed: number): GraphFeed => {
  const shape = port.shape.map(Number)
  if (port.type !== "float32" || shape.some((size) => !Number.isInteger(size)))
    throw new GraphProblem(`the input ${portText(port)} takes no noise: it must be float32 of a fixed shape`)
  return {
    type: "float32",
    shape,
    data: normalNumbers(
      shape.reduce((product, size) => product * size, 1),
      seed
    )
  }
}

/** Opens a graph and runs it once. Rejects if the graph, its tokenizer or the manifest do not fit each other. */
export const loadImageMaker = async ({ folder, manifest }: ModelSetup): Promise<LoadedModel> => {
  const hub = await importOptional<typeof Hub>("@huggingface/transformers")
  hub.env.allowRemoteModels = false
  hub.env.localModelPath = `${dirname(folder)}/`
  const tokenizer = await hub.AutoTokenizer.from_pretrained(basename(folder))
  const graph = await openGraph(fileInFolder(folder, manifest.file ?? "model.onnx"))
  const { noise, outputs: meaning = {} } = manifest
  const words = graph.inputs.find(
    ({ name, shape, type }) => name === "input_ids" || (type === "int64" && shape.length === 2)
  )
  if (words?.type !== "int64" || words.shape.length !== 2)
    throw new GraphProblem(
      `the graph takes ${graph.inputs.map(portText).join(", ")}; it must take the numbers of a text, input_ids [1, tokens] as int64`
    )
  const noisy = graph.inputs.find(({ name }) => name === noise)
  if (noise !== undefined && noisy === undefined)
    throw new GraphProblem(`the graph has no input ${noise}; it has ${graph.inputs.map(portText).join(", ")}`)
  const others = graph.inputs.filter((port) => port !== noisy && port.name !== "attention_mask")
  const constants = resolveConstants({ ...graph, inputs: others }, words.name, manifest.inputs)
  const length = words.shape[1]

  const draw = async (text: string, seed: number) => {
    const fixed = typeof length === "number" ? { padding: "max_length" as const, max_length: length } : {}
    const encoded = tokenizer(text, { truncation: true, ...fixed })
    const ids = Array.from(encoded.input_ids.data as Iterable<bigint | number>, Number) // 64-bit integers, of a vocabulary
    if (ids.length === 0 || (typeof length === "number" && ids.length !== length))
      throw new GraphProblem(`the text has ${ids.length} tokens, which do not make ${shapeText(words.shape)}`)
    const feed = (data: ReadonlyArray<number>): GraphFeed => ({ type: "int64", shape: [1, ids.length], data })
    const mask = graph.inputs.some(({ name }) => name === "attention_mask")
    const answer = await graph.run({
      ...constants,
      [words.name]: feed(ids),
      ...(mask
        ? { attention_mask: feed(Array.from(encoded.attention_mask.data as Iterable<bigint | number>, Number)) }
        : {}),
      ...(noisy === undefined ? {} : { [noisy.name]: noiseFeed(noisy, seed) })
    })
    return readImage(mainOutput(answer, meaning.scores), meaning)
  }

  await draw("a", 0)
  return {
    labels: [],
    run: async (job) => await rgbPng(await draw(textOf(job), numberOf(job.params["seed"], 0)), job.params["width"])
  }
}
