/** Converts a TensorFlow.js graph among the files of a model that is being added. */
import { rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { GraphProblem } from "../onnx/graph-problem.ts"
import { fileInFolder } from "../onnx/graph-session.ts"
import type { ManifestValue } from "../onnx/model-manifest.ts"
import { convertGraph } from "../tfjs/convert-graph.ts"
import { readTfModel, UnsupportedGraph } from "../tfjs/tfjs-model.ts"
import { notAdded } from "./model-not-added.ts"

const named = ({ boxes, classes, rows, scores }: NonNullable<ManifestValue["outputs"]>): ReadonlySet<string> =>
  new Set([boxes, classes, rows, scores].flat().filter((name) => name !== undefined))

/** Writes `model.onnx` in place of a TensorFlow.js graph, if the folder has one and no graph of that name. */
export const convertStaged = async (model: string, folder: string, manifest: ManifestValue): Promise<void> => {
  if (manifest.runtime !== "onnx") return
  try {
    const target = fileInFolder(folder, manifest.file ?? "model.onnx")
    if ((await stat(target).catch(() => undefined)) !== undefined) return
    const graph = await readTfModel(folder)
    if (graph === undefined) return
    await writeFile(target, convertGraph(graph, named(manifest.outputs ?? {})))
    await Promise.all(graph.files.map((file) => rm(join(folder, file), { force: true })))
  } catch (cause) {
    if (cause instanceof GraphProblem) throw notAdded(model, "manifest", cause.message)
    if (!(cause instanceof UnsupportedGraph)) throw cause
    throw notAdded(model, "source", `its TensorFlow.js graph cannot be used: ${cause.message}`)
  }
}
