// Typed handles of methods: which model, which of its methods, what it takes and what it gives.
import { type Model, parseModelUrl } from "../models/model-handle.ts"
import type { MethodType, Takes } from "./method-types.ts"

/** Whose method: a handle, an id in the connection's app, or the address of a model's page. */
export type MethodOwner = string | Pick<Model, "id" | "userId" | "appId" | "versionId">

/** A method of a model. Plain and frozen. */
export interface Method<
  out T extends Takes = Takes,
  out G extends MethodType = MethodType,
  out S extends boolean = boolean
> {
  readonly model: Pick<Model, "id" | "userId" | "appId" | "versionId">
  readonly name: string
  readonly takes: T
  readonly gives: G
  /** True where it gives one result after another. */
  readonly streams: S
}

/** What {@link method} takes beside the model. */
export interface MethodOptions<T extends Takes, G extends MethodType, S extends boolean> {
  /** `predict` when absent. */
  readonly name?: string
  readonly takes: T
  readonly gives: G
  readonly streams?: S
}

/**
 * A typed handle of a method, for `app.call(method, arguments)`.
 *
 * @example method("m", { takes: { prompt: "str", max_tokens: "int?" }, gives: "str" }).name // => "predict"
 */
export const method = <const T extends Takes, const G extends MethodType, const S extends boolean = false>(
  model: MethodOwner,
  { gives, name = "predict", streams, takes }: MethodOptions<T, G, S>
): Method<T, G, S> =>
  Object.freeze({
    model: ownerOf(model),
    name,
    takes,
    gives,
    streams: streams ?? (false as S) // S is `false` where it is not given
  })

/** The model of a handle, an id or a page. */
export const ownerOf = (model: MethodOwner): Method["model"] => {
  if (typeof model !== "string") return model
  const page = parseModelUrl(model)
  if (page === undefined) return { id: model }
  const { modelId: id, ...rest } = page
  return { id, ...rest }
}
