// Identifies a model by its id, page URL or handle.
import { type Model, parseModelUrl } from "../models/model-handle.ts"
import type { Owner } from "./resource-call.ts"

/** A model: its id in the connection's app, its page URL, or a handle. */
export type ModelName = string | Pick<Model, "id" | "userId" | "appId" | "versionId">

/** The model in the form of a handle. Text that is not a page URL is an id. */
export const handleOf = (name: ModelName): Exclude<ModelName, string> => {
  if (typeof name !== "string") return name
  const page = parseModelUrl(name)
  if (page === undefined) return { id: name }
  const { modelId: id, ...owner } = page
  return { id, ...owner }
}

export const idOf = (name: ModelName): string => handleOf(name).id

export const ownerOf = (name: ModelName): Owner => {
  const { appId, userId } = handleOf(name)
  return { userId, appId }
}

/** The path segments of the version, if the model has one. */
export const versionOf = (name: ModelName): ReadonlyArray<string> => {
  const { versionId } = handleOf(name)
  return versionId === undefined ? [] : ["versions", versionId]
}

/** The same model with an owner; an existing owner is kept. */
export const ownedBy = (owner: Owner | undefined, name: ModelName): ModelName => {
  const handle = handleOf(name)
  const userId = handle.userId ?? owner?.userId
  const appId = handle.appId ?? owner?.appId
  return { ...handle, ...(userId === undefined ? {} : { userId }), ...(appId === undefined ? {} : { appId }) }
}

/** A model of any version. */
export const toName = ({ appId, id, userId }: Owner & { readonly id: string }): ModelName =>
  ownedBy({ userId, appId }, id)
