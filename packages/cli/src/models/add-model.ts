/**
 * Folder `models`: models as commands name, add, describe and evaluate them. This file: adds a pretrained model to the
 * engine's folder.
 */
import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import type { AddModelOptions, CatalogueEntry } from "@sightline/engine"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { type Io, isInteractive } from "../terminal/io.ts"
import { confirmOffer, describeAdded, formatBytes, openAddedModels } from "./added-models.ts"
import type { ServiceOptions } from "../connection/service-options.ts"

/** Options of adding a model. */
export interface AddCommandOptions extends ServiceOptions {
  readonly as?: string
  readonly integrity?: string
  readonly manifest?: string
  readonly yes?: boolean
  readonly quiet?: boolean
}

/** Where an entry of the catalogue comes from. */
export const sourceOf = ({ source }: CatalogueEntry): string =>
  source.from === "npm"
    ? `${source.name}@${source.version}`
    : source.from === "hub"
      ? `hub:${source.repository}`
      : source.from

const readManifest = async (io: Io, file: string): Promise<Pick<AddModelOptions, "manifest">> => {
  const text = await readFile(resolve(io.cwd, file), "utf8").catch(() => undefined)
  if (text === undefined) throw new CommandError(`the manifest ${file} cannot be read`, exitCode.input)
  try {
    return { manifest: JSON.parse(text) as NonNullable<AddModelOptions["manifest"]> } // checked when it is used
  } catch {
    throw new CommandError(`the manifest ${file} is not JSON`, exitCode.input)
  }
}

const makeProgress = (io: Io, quiet: boolean): NonNullable<AddModelOptions["onProgress"]> => {
  if (quiet || !isInteractive(io, io.stderr)) return () => {}
  let shownAt = 0
  return (bytes, total) => {
    const now = performance.now()
    const done = bytes === total
    if (!done && now - shownAt < 100) return
    shownAt = now
    const of = total === undefined ? "" : ` of ${formatBytes(total)}`
    io.stderr.write(`\r\u001b[2K${done ? "" : `${formatBytes(bytes)}${of}`}`)
  }
}

/** Adds a model and returns what to say about it. */
export const addModel = async (io: Io, source: string, options: AddCommandOptions): Promise<string> => {
  const { as: id, integrity, manifest, quiet = false } = options
  if (options.cloud === true || options.url !== undefined)
    throw new CommandError("models are added to the engine on this machine; leave out --cloud and --url")
  const models = await openAddedModels(io, options, true)
  const added = await models.add(source, {
    ...(id === undefined ? {} : { id }),
    ...(integrity === undefined ? {} : { integrity }),
    ...(manifest === undefined ? {} : await readManifest(io, manifest)),
    confirm: confirmOffer(io, options),
    onProgress: makeProgress(io, quiet),
    signal: io.stop.drain
  })
  return describeAdded(added)
}
