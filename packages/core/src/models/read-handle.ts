/** Reads a model's handle where types cannot vouch for it: from JavaScript, or from a chain that came as JSON. */
import { type Model, model } from "./model-handle.ts"
import { isTask, type Kind, taskKinds } from "./task.ts"

const kinds: ReadonlySet<unknown> = new Set<Kind>(taskKinds.unknown)

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

/** The handle, with the kinds that its task's models take where it names none; undefined for what is no handle. */
export const handleOf = (given: unknown): Model | undefined => {
  if (typeof given !== "object" || given === null) return undefined
  const { accepts, appId, id, task, userId, versionId } = given as { readonly [K in keyof Model]?: unknown } // read with care below
  if (!isText(id) || typeof task !== "string" || !isTask(task)) return undefined
  for (const part of [appId, userId, versionId]) if (part !== undefined && !isText(part)) return undefined
  if (accepts === undefined)
    return model({
      id,
      task,
      ...(isText(userId) ? { userId } : {}),
      ...(isText(appId) ? { appId } : {}),
      ...(isText(versionId) ? { versionId } : {})
    })
  return Array.isArray(accepts) && accepts.every((kind) => kinds.has(kind)) ? (given as Model) : undefined // looked through above
}
