/** Pretrained models of the engine's folder, as the command adds and removes them. */
import { join } from "node:path"
import type { AddedModel, LocalModels, ModelOffer } from "@sightline/engine"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Io } from "../terminal/io.ts"
import { printable } from "../terminal/table.ts"
import { engineFolder } from "../connection/open-connection.ts"
import type { ServiceOptions } from "../connection/service-options.ts"

/** Opens the models of the engine's folder. `creates`: also where there is no engine yet. */
export const openAddedModels = async (io: Io, options: ServiceOptions, creates: boolean): Promise<LocalModels> => {
  const { localModels } = await import("@sightline/engine")
  const hubUrl = io.env["HF_ENDPOINT"]
  return localModels({
    folder: join(engineFolder(io, options, creates), "models"),
    cache: join(io.env["XDG_CACHE_HOME"] ?? join(io.home, ".cache"), "sightline"),
    cwd: io.cwd,
    ...(hubUrl === undefined ? {} : { hubUrl })
  })
}

/**
 * Bytes for people.
 *
 * @example formatBytes(14_868_101) // => "14.9 MB"
 */
export const formatBytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`

const describeOffer = ({ goodFor, id, license, sizeBytes, source }: ModelOffer): string =>
  [
    `${id}${goodFor === undefined ? "" : `: ${goodFor}`}`,
    `  source   ${source}`,
    `  size     ${sizeBytes === undefined ? "not known before the download" : formatBytes(sizeBytes)}`,
    `  licence  ${license ?? "not known; look at the source"}`
  ]
    .map((line) => `${printable(line)}\n`)
    .join("")

const readAnswer = async ({ stdin }: Io): Promise<string> => {
  stdin.setEncoding("utf8")
  for await (const chunk of stdin) return String(chunk).trim().toLowerCase()
  return ""
}

/** Shows what is about to be added, and asks. Without a terminal, `yes` is needed. */
export const confirmOffer =
  (io: Io, { yes = false, quiet = false }: { readonly yes?: boolean; readonly quiet?: boolean }) =>
  async (offer: ModelOffer): Promise<boolean> => {
    if (!quiet || !yes) io.stderr.write(describeOffer(offer))
    if (yes) return true
    if (io.stdin.isTTY !== true)
      throw new CommandError("nothing is fetched without consent; give --yes to add the model", exitCode.usage)
    io.stderr.write("Add it? [y/N] ")
    return ["y", "yes"].includes(await readAnswer(io))
  }

/** One line about a model that was added. */
export const describeAdded = ({ id, missingPackage, resolved, sizeBytes }: AddedModel): string => {
  const first = missingPackage === undefined ? "" : `its runtime is not installed: npm install ${missingPackage}; then `
  return `${id} is added from ${resolved} (${formatBytes(sizeBytes)}); ${first}use it: sightline predict FILE --model ${id}`
}
