/** A connection: where the wire goes. `clarifai()` makes one for the cloud; the engine package makes another. */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { KyInstance } from "ky"
import type { NotConfigured } from "../errors/errors.ts"
import type { Duplex } from "./duplex.ts"
import type { HttpRequest } from "./http.ts"
import type { Limits } from "./limits.ts"

/** The part of `fetch` that a connection must offer. */
export interface Fetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
}

/** What a connection needs to know to make a call; read once, when the first call is made. */
export interface Settings {
  /** The service's address without a path, such as `https://api.clarifai.com`. */
  readonly baseUrl: string
  /** The authorization header's value, or none. */
  readonly authorization: Redacted.Redacted | undefined
  /** A session token that stands in for a key. */
  readonly sessionToken: Redacted.Redacted | undefined
  /** Who owns what is called when a model names no owner. */
  readonly userId: string | undefined
  readonly appId: string | undefined
  /** True for a key that is bound to one app, which then needs no user or app in the path. */
  readonly keyIsAppBound: boolean
  /** More headers for each call, whose values must never be shown. */
  readonly secretHeaders?: Readonly<Record<string, Redacted.Redacted>>
}

/** Calls a second; `Infinity` for no limit. */
export interface Rate {
  readonly perSecond: number
}

/** Which calls are repeated, beyond those whose work was certainly not done. */
export interface RetryOptions {
  /**
   * Predictions change nothing, so they can be repeated whatever happened; one that was done may be paid twice.
   *
   * - `"safe"`: only if the work was certainly not done
   * - `"always"`: also after a timeout, a reset connection, or a gateway's HTTP 408, 409, 502 or 504
   *
   * @default "safe"
   */
  readonly predictions?: "safe" | "always"
}

/** Where calls go and what is allowed there. */
export interface Connection extends AsyncDisposable {
  /** A short name for logs and plans: `clarifai`, `engine`. */
  readonly name: string
  /** The folder on this machine in which the service keeps its data; absent for a service on another machine. */
  readonly directory?: string
  readonly settings: Effect.Effect<Settings, NotConfigured>
  /** Sends HTTP requests, beneath ky. Called with an address as text, plain headers, and a body of bytes. */
  readonly fetch: Fetch
  /** The ky instance that every request goes through; plain ky if absent. */
  readonly ky?: KyInstance
  /** Changes each request before ky sees it, such as where its owner is named. */
  readonly rewrite?: (request: HttpRequest) => HttpRequest
  /** True for a connection whose `fetch` takes media beside the JSON of a body: see `attachmentsOf`. */
  readonly takesAttachments?: boolean
  /** Opens the streams both ways of one run; absent where the transport has none, as plain HTTP. */
  readonly duplex?: () => Duplex
  /** Extra headers on each call; never the credential. */
  readonly headers: Readonly<Record<string, string>>
  readonly limits: Limits
  readonly rate: Rate
  readonly retry?: RetryOptions
}

const inspect = Symbol.for("nodejs.util.inspect.custom")

/**
 * The same connection, of which consoles show one line: its name, `where` it goes, and how fast. A connection that is
 * made of it by spreading shows the same.
 */
export const readableConnection = <C extends Connection>(connection: C, where = ""): C =>
  Object.assign(connection, {
    [inspect](this: Connection) {
      const { perSecond } = this.rate
      const rate = perSecond === Infinity ? "" : `, at most ${perSecond} calls a second`
      return `Connection(${this.name}${where}${rate})`
    }
  })
