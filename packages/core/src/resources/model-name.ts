// Which model is meant: by its id, its page or its handle.
import { type Model, parseModelUrl } from "../models/model-handle.ts"
import type { Owner } from "./resource-call.ts"

/** A model by its id in the connection's app, by the address of its page, or by a handle. */
export type ModelName = string | Pick<Model, "id" | "userId" | "appId" | "versionId">

/** The model as a handle names it. A text that is no page's address is an id. */
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

/** The parts of a path that name its version, if it names one. */
export const versionOf = (name: ModelName): ReadonlyArray<string> => {
  const { versionId } = handleOf(name)
  return versionId === undefined ? [] : ["versions", versionId]
}

/** The same model, with an owner where it names none. */
export const ownedBy = (owner: Owner | undefined, name: ModelName): ModelName => {
  const handle = handleOf(name)
  const userId = handle.userId ?? owner?.userId
  const appId = handle.appId ?? owner?.appId
  return { ...handle, ...(userId === undefined ? {} : { userId }), ...(appId === undefined ? {} : { appId }) }
}

/** A model of any version. */
export const toName = ({ appId, id, userId }: Owner & { readonly id: string }): ModelName =>
  ownedBy({ userId, appId }, id)
