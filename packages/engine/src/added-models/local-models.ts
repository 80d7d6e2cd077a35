/** Adds, lists, checks and removes the pretrained models of a folder. */
import { mkdir, mkdtemp, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, join, resolve } from "node:path"
import * as Result from "effect/Result"
import { missingPackageOf } from "../onnx/runtime-package.ts"
import { type ManifestValue, parseManifest } from "../onnx/model-manifest.ts"
import { importOptional } from "../optional-import.ts"
import { catalogue, findEntry } from "./catalogue.ts"
import type { CatalogueEntry } from "./catalogue-entry.ts"
import { convertStaged } from "./convert-staged.ts"
import { fetchSource } from "./fetch-source.ts"
import { isIntegrity } from "./integrity.ts"
import { changedFile, hashFolder, type LockedModelValue, readLock } from "./lock-file.ts"
import { diskProblem, ModelNotAdded, notAdded } from "./model-not-added.ts"
import { updateLock } from "./update-lock.ts"
import { checkModelId, idOfSource, parseSource, sourceText } from "./model-source.ts"

/** What is about to be added. */
export interface ModelOffer {
  readonly id: string
  readonly source: string
  /** Bytes of the download; undefined if only the source knows. */
  readonly sizeBytes: number | undefined
  /** The licence of the weights; undefined for a model that is not of the catalogue. */
  readonly license: string | undefined
  readonly goodFor: string | undefined
}

/** Options of adding a model. */
export interface AddModelOptions {
  /** The id of the model. @default the name of the catalogue's entry, or the last part of the source */
  readonly id?: string
  /** Asked before anything is fetched; false declines. @default accepts: calling `add` is the consent */
  readonly confirm?: (offer: ModelOffer) => boolean | Promise<boolean>
  /** The manifest of a model that brings none. */
  readonly manifest?: ManifestValue
  /** The hash that a tarball or file must have, such as `sha512-…`. */
  readonly integrity?: string
  /** Called while files arrive: bytes that are there, and all bytes if they are known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
  readonly signal?: AbortSignal
}

/** A model that was added. */
export interface AddedModel extends LockedModelValue {
  readonly id: string
  /** Of a model that was just added: the package that it needs and that is not installed. */
  readonly missingPackage?: string
}

/** Where models are kept. */
export interface LocalModelsOptions {
  /** The folder of the models, as the `models` option of an engine. Created when the first one is added. */
  readonly folder: string
  /** A folder for downloads. @default `sightline` in the user's cache folder */
  readonly cache?: string
  /** The folder whose npm configuration applies. @default the current one */
  readonly cwd?: string
  /** The address of the model hub. @default the variable HF_ENDPOINT, else that of `@huggingface/transformers` */
  readonly hubUrl?: string
}

/** Models in a folder. All functions reject with `ModelNotAdded`. */
export interface LocalModels {
  /** Adds a model by its name in the catalogue, `PACKAGE@VERSION`, `hub:ORG/REPO@REVISION`, an address, or a file. */
  readonly add: (source: string, options?: AddModelOptions) => Promise<AddedModel>
  /** Models that were added, by id. */
  readonly list: () => Promise<ReadonlyArray<AddedModel>>
  /** The offers of the catalogue. */
  readonly catalogue: ReadonlyArray<CatalogueEntry>
  /** What `models.lock` records about a model: source, revision, size, licence and hashes. */
  readonly info: (id: string) => Promise<AddedModel>
  /** Compares the files of a model with `models.lock`. */
  readonly check: (id: string) => Promise<AddedModel>
  /** Deletes a model that was added. */
  readonly remove: (id: string) => Promise<void>
}

const defaultCache = (): string => join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sightline")

const findHub = async (given: string | undefined): Promise<string | undefined> => {
  const stated = given ?? process.env["HF_ENDPOINT"]
  if (stated !== undefined && stated !== "") return stated
  const transformers = await importOptional<{ readonly env: { readonly remoteHost: string } }>(
    "@huggingface/transformers"
  ).catch(() => undefined)
  return transformers?.env.remoteHost
}

/** The manifest of a staged model: the given one, the catalogue's, or that in the files. */
const settleManifest = async (folder: string, id: string, given: ManifestValue | undefined): Promise<ManifestValue> => {
  const text =
    given === undefined
      ? await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined)
      : JSON.stringify(given, undefined, 2)
  if (text === undefined)
    throw notAdded(id, "manifest", "its files have no manifest.json; give one that states its type and runtime")
  const parsed = parseManifest(text)
  if (Result.isFailure(parsed)) throw notAdded(id, "manifest", `its manifest.json cannot be used: ${parsed.failure}`)
  await writeFile(join(folder, "manifest.json"), text)
  return parsed.success
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined

const sizeOf = async (folder: string, files: Readonly<Record<string, string>>): Promise<number> => {
  const sizes = await Promise.all(Object.keys(files).map(async (path) => (await stat(join(folder, path))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const existsAlready = (folder: string, id: string): ModelNotAdded =>
  notAdded(id, "exists", `${join(folder, id)} exists already; remove it first, or choose another name`)

/** Removes folders that this attempt created, from the inner one to `first`, unless another attempt uses them. */
const removeEmpty = async (folder: string, first: string | undefined): Promise<void> => {
  if (first === undefined) return
  for (let one = folder; one.length >= first.length; one = dirname(one)) {
    const removed = await rmdir(one).then(
      () => true,
      () => false
    )
    if (!removed) return
  }
}

/**
 * Opens the pretrained models of a folder. Nothing is fetched but by `add`.
 *
 * @example
 * const { add } = localModels({ folder: ".sightline/models" })
 * await add("ocr") // then: app.input(file("sign.png")).predict("ocr")
 */
export const localModels = (options: LocalModelsOptions): LocalModels => {
  const folder = resolve(options.folder)
  const cache = resolve(options.cache ?? defaultCache())

  const install = async (
    id: string,
    source: ReturnType<typeof parseSource>,
    entry: CatalogueEntry | undefined,
    { confirm, integrity: expected, manifest, onProgress, signal }: AddModelOptions
  ): Promise<AddedModel> => {
    const locked = await readLock(folder)
    if (await exists(join(folder, id))) {
      const known = locked[id]
      if (known?.source === sourceText(source) && (await changedFile(folder, id)) === undefined) return { id, ...known }
      throw existsAlready(folder, id)
    }
    const integrity = expected ?? entry?.integrity
    if (integrity !== undefined && !isIntegrity(integrity))
      throw notAdded(id, "integrity", "the integrity hash is not of the form sha512-…")
    const offer: ModelOffer = {
      id,
      source: sourceText(source),
      sizeBytes: entry?.sizeBytes,
      license: entry?.license,
      goodFor: entry?.goodFor
    }
    if (confirm !== undefined && !(await confirm(offer))) throw notAdded(id, "declined", "it was not added")
    signal?.throwIfAborted()
    const created = await mkdir(folder, { recursive: true, mode: 0o700 })
    const staging = await mkdtemp(join(folder, ".adding-"))
    try {
      const staged = join(staging, id)
      await mkdir(staged)
      const hubUrl = source.from === "hub" ? await findHub(options.hubUrl) : undefined
      const { cwd = process.cwd() } = options
      const context = { model: id, cache, cwd, hubUrl, integrity, files: entry?.files, signal, onProgress }
      const fetched = await fetchSource(source, staged, context)
      const settled = await settleManifest(staged, id, manifest ?? entry?.manifest)
      await convertStaged(id, staged, settled)
      const files = await hashFolder(staged)
      const record: LockedModelValue = {
        source: sourceText(source),
        ...fetched,
        ...(entry === undefined ? {} : { license: entry.license }),
        addedAt: new Date().toISOString(),
        sizeBytes: await sizeOf(staged, files),
        files
      }
      let placed = false
      try {
        await updateLock(folder, id, async (models) => {
          if (await exists(join(folder, id))) throw existsAlready(folder, id)
          await rename(staged, join(folder, id))
          placed = true
          return { ...models, [id]: record }
        })
      } catch (cause) {
        if (placed) await rm(join(folder, id), { recursive: true, force: true })
        throw cause
      }
      const missingPackage = missingPackageOf(settled)
      return { id, ...record, ...(missingPackage === undefined ? {} : { missingPackage }) }
    } catch (cause) {
      await rm(staging, { recursive: true, force: true })
      await removeEmpty(folder, created)
      throw cause
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  }

  const find = async (id: string): Promise<AddedModel> => {
    const known = (await readLock(folder))[checkModelId(id)]
    if (known !== undefined) return { id, ...known }
    throw notAdded(id, "unknown", `it was not added to ${folder}; models that you put there yourself are not recorded`)
  }

  return {
    catalogue,
    add: async (text, given = {}) => {
      const entry = findEntry(text)
      const source = entry?.source ?? parseSource(text, options.cwd ?? process.cwd())
      const id = checkModelId(given.id ?? entry?.name ?? idOfSource(source))
      try {
        return await install(id, source, entry, given)
      } catch (cause) {
        if (cause instanceof ModelNotAdded) throw cause
        throw diskProblem(id, cause) ?? cause
      }
    },
    list: async () => Object.entries(await readLock(folder)).map(([id, model]) => ({ id, ...model })),
    info: find,
    check: async (id) => {
      const model = await find(id)
      const changed = await changedFile(folder, id)
      if (changed === undefined) return model
      throw notAdded(id, "integrity", `its file ${changed} is not as it was added; remove the model and add it again`)
    },
    remove: async (id) => {
      await find(id)
      await updateLock(folder, id, async ({ [id]: _gone, ...others }) => {
        await rm(join(folder, id), { recursive: true, force: true })
        return others
      })
    }
  }
}
