/** Reads the environment into plain settings: the only file that does. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { KyInstance } from "ky"
import { makeTransport } from "#http"
import {
  type Connection,
  type Fetch,
  type Rate,
  type RetryOptions,
  type Settings,
  readableConnection
} from "./connection.ts"
import { NotConfigured } from "../errors/errors.ts"
import { type LimitOptions, makeLimits, wrongLimit } from "./limits.ts"
import { optionsOf } from "./http.ts"

/** A key as text, or already redacted. */
export type Secret = string | Redacted.Redacted

/** Options of {@link clarifai}; what is absent is read from the environment. */
export interface ClarifaiOptions {
  /** A personal access token; else `CLARIFAI_PAT`. None is needed where `baseUrl` is of this machine, as an engine's. */
  readonly pat?: Secret
  /** A key that is bound to one app; else `CLARIFAI_API_KEY`. */
  readonly apiKey?: Secret
  /** A session token instead of a key; else `CLARIFAI_SESSION_TOKEN`. */
  readonly sessionToken?: Secret
  /** Whose app is used where a model names no owner; else `CLARIFAI_USER_ID`. */
  readonly userId?: string
  /** That app; else `CLARIFAI_APP_ID`. */
  readonly appId?: string
  /** The service's address; else `CLARIFAI_API_BASE`, else `https://api.clarifai.com`. */
  readonly baseUrl?: string
  /**
   * The ky instance that every request goes through. Its hooks see the real request; what they change is sent, and what
   * they answer is taken. Its `retry`, `timeout` and `throwHttpErrors` have no effect: this package decides all three.
   *
   * @example clarifai({ ky: ky.extend({ hooks: { beforeRequest: [({ request }) => request.headers.set("x-team", "vision")] } }) })
   */
  readonly ky?: KyInstance
  /**
   * Sends HTTP requests, beneath ky. Called with an address as text, plain headers, and a body of bytes.
   *
   * @default undici in Node, the platform's `fetch` elsewhere
   */
  readonly fetch?: Fetch
  /** More headers for each call; those named as keys are kept from view as the credential is. */
  readonly headers?: Readonly<Record<string, string>>
  /** Limits that differ from the published ones. */
  readonly limits?: LimitOptions
  /** Calls a second; 15 when absent, as the platform allows by default. */
  readonly rate?: Partial<Rate>
  /** Which calls are repeated. */
  readonly retry?: RetryOptions
  /** Allows a key in a browser, where every visitor can read it. */
  readonly allowBrowser?: boolean
}

const redacted = (secret: Secret): Redacted.Redacted => (typeof secret === "string" ? Redacted.make(secret) : secret)

/** Effect's own provider copies the process's environment once, and would not see what is set later, as tests do. */
const current = (provider: ConfigProvider.ConfigProvider): ConfigProvider.ConfigProvider =>
  provider === Context.get(Context.empty(), ConfigProvider.ConfigProvider) ? ConfigProvider.fromEnv() : provider

/**
 * What the environment says: that of the process, or of the `ConfigProvider` that the program was given. A variable
 * that is set to nothing is as good as none. Read without `Config`, which brings all of Schema: docs/decisions/0009-bundle.md.
 */
const variable = (name: string): Effect.Effect<string | undefined, NotConfigured> =>
  Effect.flatMap(ConfigProvider.ConfigProvider, (provider) => current(provider).load([name])).pipe(
    Effect.map((node) => (node === undefined || node.value === undefined ? undefined : node.value.trim() || undefined)),
    Effect.mapError(() => notConfigured("environment", `its ${name} cannot be read`))
  )

const text = (given: string | undefined, name: string): Effect.Effect<string | undefined, NotConfigured> =>
  given === undefined ? variable(name) : Effect.succeed(given)

/** The name of a key that was passed and is empty, as `process.env.KEY ?? ""` is. */
const emptyKey = (options: ClarifaiOptions): string | undefined =>
  (["pat", "apiKey", "sessionToken"] as const).find((name) => {
    const given = options[name]
    return given !== undefined && Redacted.value(redacted(given)).trim() === ""
  })

/** An address of this machine: an engine there needs no key unless it was given one. */
const isHere = (baseUrl: string): boolean =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(baseUrl).hostname)

const secret = (given: Secret | undefined, name: string): Effect.Effect<Redacted.Redacted | undefined, NotConfigured> =>
  given === undefined
    ? Effect.map(variable(name), (value) => (value === undefined ? undefined : redacted(value)))
    : Effect.succeed(redacted(given))

/** `host` or `host:443` means TLS, as the official clients read it. Another scheme, or a path alone, is refused. */
const originOf = (base: string): string | undefined => {
  if (/^(?!https?:\/\/)([a-z][a-z\d+.-]*:)?\//i.test(base)) return undefined
  const address = /^https?:\/\//i.test(base) ? base : `https://${base}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  return `${url.origin}${url.pathname.replace(/\/+(v2\/?)?$/, "")}`
}

/** Extra headers whose names say that their values are keys, or the others. */
const headersOf = ({ headers = {} }: ClarifaiOptions, secret: boolean): ReadonlyArray<[string, string]> =>
  Object.entries(headers).filter(([name]) => /key|token|secret|auth|cookie|signature|credential/i.test(name) === secret)

/** True for a text that a header can carry: visible ASCII, with spaces and tabs inside. */
const isSendable = (value: string): boolean => /^[\t\x20-\x7e]*$/.test(value)

/** What of the key or the headers no request can carry, such as a key that was pasted with an invisible character. */
const unsendableHeader = (
  { headers = {} }: ClarifaiOptions,
  keys: Readonly<Record<string, Redacted.Redacted | undefined>>
): readonly [setting: string, problem: string] | undefined => {
  for (const [setting, key] of Object.entries(keys))
    if (key !== undefined && !isSendable(Redacted.value(key)))
      return [setting, "the key contains a character that no header can carry; copy the key again"]
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return ["headers", "a name contains a character that no header name can have"]
    if (typeof value !== "string" || !isSendable(value))
      return [`headers.${name}`, "contains a character that no header can carry"]
  }
  return undefined
}

/** A page, or a worker of one: other runtimes have workers of the same shape, and say who they are. */
const inBrowser = (): boolean => {
  const host = globalThis as {
    readonly window?: unknown
    readonly document?: unknown
    readonly WorkerGlobalScope?: unknown
    readonly navigator?: { readonly userAgent?: string }
  }
  if (host.window !== undefined && host.document !== undefined) return true
  return host.WorkerGlobalScope !== undefined && host.navigator?.userAgent?.startsWith("Mozilla/") === true
}

const notConfigured = (setting: string, problem: string) => new NotConfigured({ setting, problem })

const read = (options: ClarifaiOptions): Effect.Effect<Settings, NotConfigured> =>
  Effect.gen(function* () {
    const empty = emptyKey(options)
    if (empty !== undefined)
      return yield* notConfigured(empty, "is empty; pass the key, or leave it out to have the environment read")
    // a credential that was passed wins over any in the environment
    const passed = options.pat ?? options.apiKey ?? options.sessionToken
    const pat =
      passed === undefined || options.pat !== undefined ? yield* secret(options.pat, "CLARIFAI_PAT") : undefined
    const apiKey =
      passed === undefined || options.apiKey !== undefined
        ? yield* secret(options.apiKey, "CLARIFAI_API_KEY")
        : undefined
    const sessionToken =
      passed === undefined || options.sessionToken !== undefined
        ? yield* secret(options.sessionToken, "CLARIFAI_SESSION_TOKEN")
        : undefined
    const base = (yield* text(options.baseUrl, "CLARIFAI_API_BASE")) ?? "https://api.clarifai.com"
    const baseUrl = originOf(base)
    if (baseUrl === undefined)
      return yield* notConfigured("baseUrl", "is not an address such as https://api.clarifai.com")
    const key = pat ?? apiKey
    const anonymous = key === undefined && sessionToken === undefined
    if (anonymous && !isHere(baseUrl))
      return yield* notConfigured(
        "CLARIFAI_PAT",
        "no credential found; set the environment variable CLARIFAI_PAT or pass clarifai({ pat })"
      )
    if (key !== undefined && /[\s]/.test(Redacted.value(key).trim()))
      return yield* notConfigured("pat", "the key holds white space; pass the key alone, without the word Key")
    if (!anonymous && inBrowser() && options.allowBrowser !== true)
      return yield* notConfigured(
        "allowBrowser",
        "a key in a browser can be read by every visitor; call from a server, or pass clarifai({ allowBrowser: true })"
      )
    const unsendable = unsendableHeader(options, { pat: key, sessionToken })
    if (unsendable !== undefined) return yield* notConfigured(...unsendable)
    const { perSecond } = options.rate ?? {}
    if (perSecond !== undefined && !(perSecond > 0))
      return yield* notConfigured("rate.perSecond", "must be above 0; Infinity for no limit")
    const limit = wrongLimit(options.limits)
    if (limit !== undefined) return yield* notConfigured(`limits.${limit}`, "must be a number above 0")
    return {
      baseUrl,
      authorization: key === undefined ? undefined : Redacted.make(`Key ${Redacted.value(key).trim()}`),
      sessionToken,
      userId: yield* text(options.userId, "CLARIFAI_USER_ID"),
      appId: yield* text(options.appId, "CLARIFAI_APP_ID"),
      keyIsAppBound: anonymous || (pat === undefined && apiKey !== undefined),
      secretHeaders: Object.fromEntries(
        headersOf(options, true).map(([name, value]) => [name, Redacted.make(value)] as const)
      )
    }
  })

/**
 * A connection to the Clarifai platform, or to anything that speaks its protocol at `baseUrl`.
 *
 * Nothing is read or sent before the first call, which fails with `NotConfigured` where a setting is missing.
 */
export const clarifai = (options: ClarifaiOptions = {}): Connection => {
  const given = options.fetch ?? (options.ky === undefined ? undefined : optionsOf(options.ky).fetch)
  const transport = given === undefined ? makeTransport() : { fetch: given, close: () => Promise.resolve() }
  const origin = originOf(options.baseUrl ?? "")
  const where = origin === undefined ? "" : ` at ${new URL(origin).host}`
  const made: Connection = {
    name: "clarifai",
    settings: Effect.suspend(() => read(options)),
    fetch: transport.fetch,
    ...(options.ky === undefined ? {} : { ky: options.ky }),
    headers: Object.fromEntries(headersOf(options, false)),
    limits: makeLimits(options.limits),
    rate: { perSecond: options.rate?.perSecond ?? 15 },
    ...(options.retry === undefined ? {} : { retry: options.retry }),
    [Symbol.asyncDispose]: transport.close
  }
  return readableConnection(made, where)
}
