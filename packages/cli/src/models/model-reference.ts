/** Models as they are named on the command line. */
import { CommandError } from "../command-line/command-error.ts"

/** A model, and optionally one of its versions. */
export interface ModelReference {
  /** The id as it was given, for messages and plans. */
  readonly id: string
  readonly version?: string
  readonly userId?: string
  readonly appId?: string
}

const page = /^https?:\/\/(?:[^/]*\.)?clarifai\.com\/([^/?#]+)\/([^/?#]+)\/models\/([^/?#]+)(?:\/versions\/([^/?#]+))?/i
const owned = /^([^/@]+)\/([^/@]+)\/([^/@]+)(?:@(.+))?$/
const plain = /^([^/@]+)(?:@(.+))?$/

/**
 * Reads `ID`, `ID@VERSION`, `USER/APP/ID`, or the address of a model's page.
 *
 * @throws CommandError for anything else
 * @example parseModel("pets@v1") // => { id: "pets", version: "v1" }
 */
export const parseModel = (text: string): ModelReference => {
  const trimmed = text.trim()
  const [, userId, appId, id, version] = page.exec(trimmed) ?? owned.exec(trimmed) ?? []
  if (userId !== undefined && appId !== undefined && id !== undefined)
    return { id, userId, appId, ...(version === undefined ? {} : { version }) }
  const [, plainId, plainVersion] = plain.exec(trimmed) ?? []
  if (plainId !== undefined && !/^\.{1,2}$/.test(plainId))
    return { id: plainId, ...(plainVersion === undefined ? {} : { version: plainVersion }) }
  throw new CommandError(
    `the model ${JSON.stringify(text)} is not valid; give its id, id@version, user/app/id, or the address of its page`
  )
}
