/** Evaluates a trained model that is named on the command line. */
import { resolve } from "node:path"
import { sightline } from "@sightline/core"
import { folder, manifest, training } from "@sightline/plugin-training"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Evaluated } from "../outcomes/write-training.ts"
import type { Io } from "../terminal/io.ts"
import { parseModel } from "./model-reference.ts"
import { openConnection } from "../connection/open-connection.ts"
import type { ServiceOptions } from "../connection/service-options.ts"

/** Evaluates models on the same examples; without a version, the newest trained one. */
export const evaluateReferences = async (
  io: Io,
  references: ReadonlyArray<string>,
  examplesPath: string,
  options: ServiceOptions
): Promise<ReadonlyArray<Evaluated>> => {
  const path = resolve(io.cwd, examplesPath)
  const examples = /\.(?:csv|jsonl|ndjson)$/i.test(path) ? manifest(path) : folder(path)
  const models = references.map(parseModel)
  const connection = await openConnection(io, options, { readOnly: true, creates: false })
  await using app = sightline(connection).use(training())
  const all: Array<Evaluated> = []
  for (const { id, version } of models) {
    const trained = app.trained(id)
    const versions = version === undefined ? await newestVersion(trained, id, io) : [version]
    const [found] = await trained.compare(examples, { versions }).run({ signal: io.stop.drain })
    if (found === undefined)
      throw new CommandError(
        `${id} has no trained version ${versions.join(", ")}; list them with "sightline versions ${id}"`,
        exitCode.model
      )
    all.push({ model: id, version: found.version.id, evaluation: found.evaluation })
  }
  return all
}

interface Versions {
  readonly versions: () => {
    readonly each: (options: {
      readonly signal: AbortSignal
    }) => AsyncIterable<{ readonly id: string; readonly state: string }>
  }
}

const newestVersion = async (trained: Versions, id: string, io: Io): Promise<ReadonlyArray<string>> => {
  for await (const version of trained.versions().each({ signal: io.stop.drain }))
    if (version.state === "ready") return [version.id]
  throw new CommandError(`${id} has no trained version; train one with "sightline train ${id} FOLDER"`, exitCode.model)
}
