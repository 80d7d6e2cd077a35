/** What is known of a model, and whether it answers. */
import { type Kind, Media, type Outcome, type Output, textMedia } from "@sightline/core"
import type { Resources } from "@sightline/core/resources"
import { exitCode, tagOf } from "../command-line/exit-code.ts"
import { CommandError, oneLine } from "../command-line/command-error.ts"
import { neutralImage, neutralSound } from "./neutral-media.ts"
import type { Io } from "../terminal/io.ts"
import { openAddedModels } from "./added-models.ts"
import type { ServiceOptions } from "../connection/service-options.ts"
import { parseModel } from "./model-reference.ts"

/** What `models info` shows. */
export interface DescribedModel {
  readonly model: string
  readonly type: string
  readonly name: string
  readonly accepts: ReadonlyArray<string>
  readonly concepts: ReadonlyArray<string>
  readonly createdAt: string | undefined
  readonly versions: ReadonlyArray<string>
}

const ownedBy = ({ appId, id, userId }: ReturnType<typeof parseModel>) =>
  userId === undefined || appId === undefined ? id : { id, userId, appId }

/** Describes a model with its versions. */
export const describeModel = async (
  { models, versions }: Resources,
  named: string,
  signal: AbortSignal
): Promise<DescribedModel> => {
  const reference = parseModel(named)
  const record = await models.describe(ownedBy(reference)).run({ signal })
  const listed: Array<string> = []
  // Models that are served from a folder have no list of versions.
  if (reference.userId === undefined)
    try {
      for await (const { id, state } of versions.list(reference.id).each({ signal })) listed.push(`${id} (${state})`)
    } catch (error) {
      if (tagOf(error) !== "NotFound" && tagOf(error) !== "InvalidRequest") throw error
    }
  return {
    model: record.id,
    type: record.modelType,
    name: record.name,
    accepts: record.accepts,
    concepts: record.concepts ?? [],
    createdAt: record.createdAt,
    versions: listed
  }
}

/** What `models check` reports. */
export interface CheckedModel {
  readonly model: string
  readonly ok: boolean
  readonly summary: string
  /** How long a prediction took, in milliseconds. */
  readonly ms?: number
}

/** The part of an app that a check needs. */
interface Predicts {
  readonly resources: Resources
  readonly inputs: (media: ReadonlyArray<Media>) => {
    readonly predict: (model: string) => {
      readonly run: (options: { readonly signal: AbortSignal }) => Promise<ReadonlyArray<Outcome<Output, unknown>>>
    }
  }
}

const neutralMedia: Readonly<Partial<Record<Kind, () => Media>>> = {
  image: () => new Media("image", { from: "bytes", bytes: neutralImage() }),
  text: () => textMedia("hello"),
  audio: () => new Media("audio", { from: "bytes", bytes: neutralSound() })
}

/** Where a model that was added comes from, as `models.lock` records it. */
interface ModelOrigin {
  readonly source?: string
  readonly resolved?: string
  readonly license?: string
  readonly sizeBytes?: number
  readonly integrity?: string
  readonly addedAt?: string
  /** Whether Sightline's tests run these weights; absent for a model that the catalogue does not name. */
  readonly tried?: boolean
}

/** Where a model comes from; empty for one that was not added. */
export const describeOrigin = async (io: Io, named: string, options: ServiceOptions): Promise<ModelOrigin> => {
  if (options.cloud === true || options.url !== undefined) return {}
  const models = await openAddedModels(io, options, false)
  const { id } = parseModel(named)
  const found = (await models.list()).find((model) => model.id === id)
  if (found === undefined) return {}
  const { addedAt, integrity, license, resolved, sizeBytes, source } = found
  const { sourceOf } = await import("./add-model.ts")
  const entry = models.catalogue.find((one) => source === sourceOf(one) || source.startsWith(`${sourceOf(one)}@`))
  return {
    source,
    resolved,
    sizeBytes,
    addedAt,
    ...(license === undefined ? {} : { license }),
    ...(integrity === undefined ? {} : { integrity }),
    ...(entry === undefined ? {} : { tried: entry.tried })
  }
}

/** Compares the files of a model that was added with what was added. Other models have no such record. */
export const checkFiles = async (io: Io, named: string, options: ServiceOptions): Promise<void> => {
  if (options.cloud === true || options.url !== undefined) return
  const models = await openAddedModels(io, options, false)
  const { id } = parseModel(named)
  if ((await models.list()).some((model) => model.id === id)) await models.check(id)
}

/** Checks that a model exists, and predicts a neutral input with it. */
export const checkModel = async (app: Predicts, named: string, signal: AbortSignal): Promise<CheckedModel> => {
  const { id } = parseModel(named)
  const record = await app.resources.models.describe(id).run({ signal })
  const kind = record.accepts.find((one) => neutralMedia[one] !== undefined)
  const make = kind === undefined ? undefined : neutralMedia[kind]
  if (make === undefined)
    throw new CommandError(
      `${id} accepts ${record.accepts.join(", ")}, which cannot be checked without a file; use "sightline predict"`,
      exitCode.model
    )
  const began = performance.now()
  const [outcome] = await app.inputs([make()]).predict(id).run({ signal })
  const ms = Math.round(performance.now() - began)
  if (outcome?.ok === true) return { model: id, ok: true, summary: `ready, answered a neutral ${kind} in ${ms} ms`, ms }
  const error: unknown = outcome?.error
  return { model: id, ok: false, summary: oneLine(error instanceof Error ? error.message : "no answer") }
}
