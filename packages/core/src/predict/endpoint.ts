/** Where a prediction goes and what it asks: the address of a model and the parts of a body around its inputs. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Settings } from "../connection/connection.ts"
import { InvalidOption, NotConfigured } from "../errors/errors.ts"
import type { Kind } from "../media/media.ts"
import type { PredictOptions, Json } from "./predict-options.ts"
import type { Limits } from "../connection/limits.ts"

/** A model's address, as a handle or page URL gives it. */
export interface Address {
  readonly id: string
  readonly userId?: string | undefined
  readonly appId?: string | undefined
  readonly versionId?: string | undefined
}

/** One destination of inputs: those with equal `key` may share a call. */
export interface Endpoint {
  readonly key: string
  readonly model: string
  readonly kind: Kind
  readonly path: string
  /** The body before the first input and after the last. */
  readonly head: string
  readonly tail: string
  /** Third parties' keys in the tail, which must never be shown. */
  readonly secrets: ReadonlyArray<string>
  /** The member of the answer that lists what became of each input; `outputs` when absent. */
  readonly answers?: "results"
  /** Most inputs in one call, where it is fewer than the kind allows. */
  readonly maxItems?: number
}

/** The path of an app: the owner's where one is named, else the connection's, else the short form. */
export const appPath = (
  settings: Settings,
  owner: { readonly userId?: string | undefined; readonly appId?: string | undefined } = {}
): Effect.Effect<string, NotConfigured> => {
  const appId = owner.appId ?? settings.appId
  // "me" is whoever the credential belongs to; a key that is bound to an app needs no user for its own
  const mine = owner.appId !== undefined || (appId !== undefined && !settings.keyIsAppBound)
  const userId = owner.userId ?? settings.userId ?? (mine ? "me" : undefined)
  if (userId !== undefined && appId !== undefined)
    return Effect.succeed(`/v2/users/${encodeURIComponent(userId)}/apps/${encodeURIComponent(appId)}`)
  if (settings.keyIsAppBound) return Effect.succeed("/v2")
  return Effect.fail(
    new NotConfigured({
      setting: "appId",
      problem:
        "a personal access token needs the app that it calls for; set CLARIFAI_APP_ID (and CLARIFAI_USER_ID for another user's) or pass appId"
    })
  )
}

/** The platform's own concepts have ids of this form, which no name has. */
const selectConcept = (concept: string): Readonly<Record<string, Json>> =>
  /^ai_\w{8}$/.test(concept) ? { id: concept, value: 1 } : { name: concept, value: 1 }

const outputConfig = (options: PredictOptions): Readonly<Record<string, Json>> => ({
  ...(options.top === undefined ? {} : { max_concepts: options.top }),
  ...(options.atLeast === undefined ? {} : { min_value: options.atLeast }),
  ...(options.concepts === undefined ? {} : { select_concepts: options.concepts.map(selectConcept) }),
  ...(options.language === undefined ? {} : { language: options.language }),
  ...(options.sampleMs === undefined ? {} : { sample_ms: options.sampleMs })
})

const encodeRunner = ({
  deployment,
  nodepool,
  runner
}: NonNullable<PredictOptions["runner"]>): Readonly<Record<string, Json>> => ({
  ...(deployment === undefined
    ? {}
    : {
        deployment: { id: deployment.id, ...(deployment.userId === undefined ? {} : { user_id: deployment.userId }) }
      }),
  ...(nodepool === undefined
    ? {}
    : {
        nodepool: {
          id: nodepool.id,
          compute_cluster: {
            id: nodepool.computeClusterId,
            ...(nodepool.userId === undefined ? {} : { user_id: nodepool.userId })
          }
        }
      }),
  ...(runner === undefined ? {} : { runner: { id: runner.id } })
})

/** The app's secrets by name, for `params` that hold third parties' keys. */
export type Secrets = Readonly<Record<string, Redacted.Redacted>>

const resolveSecrets = (
  options: PredictOptions,
  secrets: Secrets
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
/** Long, without white space, with letters and digits mixed: no word of a language. */
const secretForm = /^(?=\S{16,}$)(?=.*\d)(?=.*[a-z])\S+$/i

/** Texts in parameters that are keys by their name or by their form, however deep. */
const findSecrets = (value: unknown, name = ""): ReadonlyArray<string> => {
  if (typeof value === "string") return secretName.test(name) || secretForm.test(value) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => findSecrets(item, name))
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([inner, item]) => findSecrets(item, inner))
}

/** The body's end: everything of the request beside its inputs. */
const encodeTail = (options: PredictOptions, revealedSecrets: Readonly<Record<string, string>>): string => {
  const params = { ...options.params, ...revealedSecrets }
  const config = outputConfig(options)
  const info = {
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config })
  }
  const rest = {
    ...(Object.keys(info).length === 0 ? {} : { model: { model_version: { output_info: info } } }),
    ...(options.runner === undefined ? {} : { runner_selector: encodeRunner(options.runner) })
  }
  const text = JSON.stringify(rest)
  return text === "{}" ? "]}" : `],${text.slice(1)}`
}

/** The destination for one kind of media at one model with these options. `verb` is the last part of the path. */
export const modelEndpoint = (
  settings: Settings,
  address: Address,
  kind: Kind,
  options: PredictOptions,
  secrets: Secrets,
  verb = "outputs"
): Effect.Effect<Endpoint, NotConfigured | InvalidOption> =>
  Effect.gen(function* () {
    const app = yield* appPath(settings, address)
    const found = yield* resolveSecrets(options, secrets)
    const tail = encodeTail(options, found)
    const version = options.version ?? address.versionId
    const model = `${app}/models/${encodeURIComponent(address.id)}`
    const path = `${model}${version === undefined ? "" : `/versions/${encodeURIComponent(version)}`}/${verb}`
    return {
      key: `${kind} ${path} ${tail}`,
      model: address.id,
      kind,
      path,
      head: `{"inputs":[`,
      tail,
      secrets: [...Object.values(found), ...findSecrets(options.params)]
    }
  })

/** The destination for one kind of media at a workflow. Its answer lists results, and a call takes fewer inputs. */
export const workflowEndpoint = (
  settings: Settings,
  address: Address,
  kind: Kind,
  options: PredictOptions,
  limits: Limits
): Effect.Effect<Endpoint, NotConfigured | InvalidOption> =>
  Effect.gen(function* () {
    for (const option of ["params", "secrets", "runner"] as const)
      if (options[option] !== undefined)
        return yield* new InvalidOption({ option, problem: "is asked of a model; a workflow's nodes hold their own" })
    const app = yield* appPath(settings, address)
    const version = options.version ?? address.versionId
    const name = `${app}/workflows/${encodeURIComponent(address.id)}`
    const path = `${name}${version === undefined ? "" : `/versions/${encodeURIComponent(version)}`}/results`
    const config = outputConfig(options)
    const tail = Object.keys(config).length === 0 ? "]}" : `],"output_config":${JSON.stringify(config)}}`
    return {
      key: `${kind} ${path} ${tail}`,
      model: address.id,
      kind,
      path,
      head: `{"inputs":[`,
      tail,
      secrets: [],
      answers: "results",
      maxItems: limits.inputsPerWorkflow
    }
  })
