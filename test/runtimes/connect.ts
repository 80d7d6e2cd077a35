/** Apps that call one fault of the service, and what that fault's origin was sent. */
import { clarifai, type ClarifaiOptions, sightline } from "@sightline/core"
import { type Config, isTrue } from "./runtime-case.ts"

export const testKey = "0123456789abcdef0123456789abcdef"

const originOf = ({ origins }: Config, fault: string): string => {
  const origin = origins[fault]
  if (origin === undefined) throw new Error(`the service has no fault ${fault}`)
  return origin
}

let made = 0

/** An app at a path that no other app shares, without a limit of calls a second. */
export const appAt = (config: Config, fault: string, options: ClarifaiOptions = {}) => {
  const path = `case-${++made}`
  const app = sightline(
    clarifai({
      pat: testKey,
      userId: "me",
      appId: "mine",
      baseUrl: `${originOf(config, fault)}/${path}`,
      rate: { perSecond: Infinity },
      allowBrowser: true,
      ...options
    })
  )
  return Object.assign(app, { path })
}

/** One call as the service saw it. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly inputs: number
  readonly abandoned: boolean
}

/** The calls of one app, in the order in which they came. */
export const callsOf = async (config: Config, fault: string, { path }: { readonly path: string }) => {
  const response = await fetch(`${originOf(config, fault)}/seen`)
  const calls = (await response.json()) as ReadonlyArray<SeenCall> // what the service writes
  return calls.filter((call) => call.path.startsWith(`/${path}/`))
}

/** Waits until the service has seen what a case looks for; bounded. */
export const seenSoon = async (what: string, look: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    if (await look()) return
    await new Promise((done) => setTimeout(done, 50))
  }
  isTrue(false, what)
}

/** Breaks off the answers of `streamCut` that have begun. */
export const cut = (config: Config): Promise<Response> => fetch(`${originOf(config, "streamCut")}/cut`)
