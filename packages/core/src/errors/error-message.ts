/** The fields of every error of this package, and its one-line message. */
import * as Data from "effect/Data"
import { sightlineError } from "./readable-error.ts"

/** The class that an error of this package extends; it prints as one line with its fields. */
export const tagged = <Tag extends string>(tag: Tag) => {
  const base = sightlineError(Data.TaggedError(tag))
  Object.defineProperty(base, marker, { value: true })
  return base
}

/** Marks the base of each error class of this package; subclasses do not have it as their own. */
const marker = Symbol("error of @sightline/core")

/** True for an instance of one of this package's own error classes, and false for one of a subclass of it. */
export const isDirectError = (error: unknown): error is Error => {
  if (!(error instanceof Error)) return false
  const parent: unknown = Object.getPrototypeOf(error.constructor)
  return typeof parent === "function" && Object.hasOwn(parent, marker)
}

/** The fields of every error of this package beside its own. */
export interface About {
  /** The model concerned, as the caller named it. */
  readonly model?: string
  /** The caller's key for the input concerned. */
  readonly key?: string
  /** The position of the input concerned, from 0. */
  readonly index?: number
  /** The service's status number (see the table in `wire/status.ts`). */
  readonly code?: number
  /** The service's fixed text for that number. */
  readonly description?: string
  /** The service's reason, with secrets and bytes removed. */
  readonly details?: string
  /** The service's id of the call; quote it to support. */
  readonly requestId?: string
}

/**
 * The one line of an error: what it concerns, unless `what` names it, what happened, what the service said, what to do, and
 * the id of the call.
 */
export const line = (error: About, what: string, remedy?: string): string => {
  const input = error.key ?? (error.index === undefined ? undefined : `input ${error.index}`)
  const where = [error.model, what.includes(` ${input}: `) ? undefined : input]
    .filter((part) => part !== undefined)
    .join(", ")
  const said = (error.details ?? error.description)?.replace(/[\s.;]+$/, "")
  const code = error.code === undefined ? "" : ` (${error.code})`
  const request = error.requestId === undefined ? "" : ` [request ${error.requestId}]`
  return `${where === "" ? "" : `${where}: `}${what}${code}${said === undefined ? "" : `: ${said}`}${remedy === undefined ? "" : `; ${remedy}`}${request}`.replace(
    /\s*[\r\n]+\s*/g,
    " "
  )
}
