/** Where a prediction goes: a model or workflow, one kind of media, and the options of the call. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { CallSettings } from "../call/call-runtime.ts"
import type { Settings } from "../connection/connection.ts"
import type { Limits } from "../connection/limits.ts"
import { idProblem, toPath } from "../connection/path-segment.ts"
import { InvalidOption, type InvalidRequest, NotConfigured } from "../errors/errors.ts"
import type { Secrets } from "../errors/secrets.ts"
import type { Kind } from "../media/media.ts"
import type { Json, PredictOptions } from "./predict-options.ts"

/** A model's address, as a handle or page URL contains it. */
export interface Address {
  readonly id: string
  readonly userId?: string | undefined
  readonly appId?: string | undefined
  readonly versionId?: string | undefined
}

/** The options that are part of a request's body. Secrets are among the parameters. */
export type RequestOptions = Omit<PredictOptions, "secrets" | "version">

/** The destination of a call. It stays an object until the call is printed: see `encode-request.ts`. */
export interface Endpoint {
  /** Decides the form of the request and where the answer lists its inputs. */
  readonly service: "model" | "workflow"
  /** The id of the model or workflow, for errors and spans. */
  readonly model: string
  readonly kind: Kind
  /** The path of the URL, with the owner and the version. */
  readonly path: string
  readonly options: RequestOptions
  /** Third parties' keys among the options. */
  readonly secrets: ReadonlyArray<string>
  /** What errors of its calls must not contain: the connection's credential and these keys. */
  readonly hidden: Secrets
  /** Most inputs in one call, where the service takes fewer than the limit of the kind; else `Infinity`. */
  readonly maxInputs: number
}

/** The path of an app: the owner's where one is named, else the connection's, else the short form. */
export const appPath = (
  settings: Settings,
  owner: { readonly userId?: string | undefined; readonly appId?: string | undefined } = {}
): Effect.Effect<string, NotConfigured> => {
  const appId = owner.appId ?? settings.appId
  // "me" is the user of the credential; a key that is bound to an app needs no user for that app
  const needsUser = owner.appId !== undefined || (appId !== undefined && !settings.keyIsAppBound)
  const userId = owner.userId ?? settings.userId ?? (needsUser ? "me" : undefined)
  if (userId !== undefined && appId !== undefined) {
    for (const [setting, id] of Object.entries({ userId, appId })) {
      const problem = idProblem(id)
      if (problem !== undefined) return Effect.fail(new NotConfigured({ setting, problem }))
    }
    return Effect.succeed(`/v2/users/${encodeURIComponent(userId)}/apps/${encodeURIComponent(appId)}`)
  }
  if (settings.keyIsAppBound) return Effect.succeed("/v2")
  return Effect.fail(
    new NotConfigured({
      setting: "appId",
      problem:
        "a personal access token needs the app that it calls for; set CLARIFAI_APP_ID (and CLARIFAI_USER_ID for another user's) or pass appId"
    })
  )
}

/** The app's secrets by name, for parameters that hold third parties' keys. */
export type NamedSecrets = Readonly<Record<string, Redacted.Redacted>>

const resolveSecrets = (
  options: PredictOptions,
  secrets: NamedSecrets
): Effect.Effect<Readonly<Record<string, string>>, InvalidOption> => {
  const found: Record<string, string> = {}
  for (const [param, secret] of Object.entries(options.secrets ?? {})) {
    const redacted = typeof secret === "string" ? secrets[secret] : secret
    if (redacted === undefined)
      return Effect.fail(
        new InvalidOption({
          option: `the secret for ${param}`,
          problem: "names none of the app's secrets; pass sightline(connection, { secrets }) or a Redacted"
        })
      )
    found[param] = Redacted.value(redacted)
  }
  return Effect.succeed(found)
}

const secretName = /key|token|secret|pass|auth|credential|signature|\bpat\b/i
/** Long, without white space, with letters and digits mixed: not a word of a language. */
const secretForm = /^(?=\S{16,}$)(?=.*\d)(?=.*[a-z])\S+$/i

/** The texts in parameters that are keys by their name or their form, at any depth. */
const findSecrets = (value: unknown, name = ""): ReadonlyArray<string> => {
  if (typeof value === "string") return secretName.test(name) || secretForm.test(value) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => findSecrets(item, name))
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([inner, item]) => findSecrets(item, inner))
}

/** The path of a model or workflow, or of a version of it. */
const versionedPath = (
  app: string,
  kind: "models" | "workflows",
  id: string,
  version: string | undefined,
  verb: string
): Effect.Effect<string, InvalidRequest> =>
  Effect.map(
    toPath(app, version === undefined ? [kind, id] : [kind, id, "versions", version]),
    (path) => `${path}/${verb}`
  )

/** The endpoint of a model. `verb` is the last part of the path. */
export const modelEndpoint = (
  settings: CallSettings,
  address: Address,
  kind: Kind,
  options: PredictOptions,
  secrets: NamedSecrets,
  verb = "outputs"
): Effect.Effect<Endpoint, NotConfigured | InvalidOption | InvalidRequest> =>
  Effect.gen(function* () {
    const app = yield* appPath(settings, address)
    const { secrets: _, version, ...sent } = options
    const revealed = yield* resolveSecrets(options, secrets)
    const params: Readonly<Record<string, Json>> = { ...options.params, ...revealed }
    const path = yield* versionedPath(app, "models", address.id, version ?? address.versionId, verb)
    const keys = [...Object.values(revealed), ...findSecrets(options.params)]
    return {
      service: "model",
      model: address.id,
      kind,
      path,
      options: Object.keys(params).length === 0 ? sent : { ...sent, params },
      secrets: keys,
      hidden: settings.secrets.with(keys),
      maxInputs: Infinity
    }
  })

/** The endpoint of a workflow, which takes fewer inputs in one call than a model. */
export const workflowEndpoint = (
  settings: CallSettings,
  address: Address,
  kind: Kind,
  options: PredictOptions,
  limits: Limits
): Effect.Effect<Endpoint, NotConfigured | InvalidOption | InvalidRequest> =>
  Effect.gen(function* () {
    for (const option of ["params", "secrets", "runner"] as const)
      if (options[option] !== undefined)
        return yield* new InvalidOption({
          option,
          problem: "is an option of models; a workflow's nodes have their own"
        })
    const app = yield* appPath(settings, address)
    const { version, ...sent } = options
    const path = yield* versionedPath(app, "workflows", address.id, version ?? address.versionId, "results")
    return {
      service: "workflow",
      model: address.id,
      kind,
      path,
      options: sent,
      secrets: [],
      hidden: settings.secrets,
      maxInputs: limits.inputsPerWorkflow
    }
  })
