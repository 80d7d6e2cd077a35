/** What a folder with a model holds, as `models check FOLDER` shows it. */
import { statSync } from "node:fs"
import { resolve } from "node:path"
import type { ModelInspection } from "@sightline/engine"
import type { Io } from "../terminal/io.ts"
import { printable } from "../terminal/table.ts"

/** True for a folder of this machine; ids of models are no paths. */
export const isFolder = ({ cwd }: Io, named: string): boolean =>
  /^(?:\.{1,2}$|\.{0,2}[/\\]|[a-z]:\\)/i.test(named) ||
  (/[/\\]/.test(named) &&
    !/^https?:/.test(named) &&
    statSync(resolve(cwd, named), { throwIfNoEntry: false }) !== undefined)

const portLines = (title: string, ports: ModelInspection["inputs"]): ReadonlyArray<string> =>
  ports.map(({ name, shape, type }) => `${title}  ${name} ${type} [${shape.join(", ")}]`)

const describe = ({ guessed, inputs, manifest, outputs, problems }: ModelInspection): string =>
  [
    ...portLines("input ", inputs),
    ...portLines("output", outputs),
    ...(guessed ? ["manifest.json is missing; this one is guessed:"] : ["manifest.json:"]),
    ...JSON.stringify(manifest, undefined, 2).split("\n"),
    ...problems.map((problem) => `problem: ${problem}`),
    ...(problems.length === 0 && inputs.length > 0 ? ["the graph was run and fits its manifest"] : [])
  ]
    .map((line) => `${printable(line)}\n`)
    .join("")

/** Inspects a folder. Returns the text to write, and whether the model can be served. */
export const inspectFolder = async (
  io: Io,
  named: string,
  human: boolean
): Promise<{ readonly text: string; readonly ok: boolean }> => {
  const { inspectModel } = await import("@sightline/engine")
  const inspection = await inspectModel(resolve(io.cwd, named))
  const text = human ? describe(inspection) : `${JSON.stringify(inspection)}\n`
  return { text, ok: inspection.problems.length === 0 }
}
