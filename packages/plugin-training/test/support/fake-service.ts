/** A fake service with inputs, models and versions, whose behaviour a test configures. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { clarifai } from "@sightline/core"
import { type FakeCall, fakeConnection } from "@sightline/core/testing"
import { conceptIn } from "./images.ts"

/** How the fake service behaves. */
export interface Behaviour {
  /** The status codes that a new version goes through, one for each read; the last one stays. */
  readonly states: ReadonlyArray<number>
  /** How many reads of the inputs' counts find one input waiting. */
  readonly waiting: number
  /** Reported with the status of a version. */
  readonly percent?: number
  readonly secondsLeft?: number
  /** Overrides the answer to a call; undefined for the usual answer. */
  readonly override: (call: Pick<FakeCall, "method" | "path" | "body">) => unknown
  /** True if versions are listed oldest first, which no service should do. */
  readonly oldestFirst: boolean
  /** The score of `concept` for an image of `shown`, predicted by the nth version, counted from 1. */
  readonly score: (shown: string, concept: string, nth: number) => number
  /** Whether versions and models report their training configuration. */
  readonly reports: ReadonlyArray<"version" | "model">
}

interface Input {
  readonly id: string
  readonly labels: Map<string, number>
  bytes: Uint8Array
  code: number
}
interface Version {
  readonly id: string
  readonly description: string
  readonly createdAt: string
  readonly nth: number
  readonly exclusive: boolean
  reads: number
}
interface Model {
  concepts: ReadonlyArray<string>
  exclusive: boolean
  readonly versions: Array<Version>
}

interface WireConcept {
  readonly id: string
  readonly value?: number
}
interface OutputInfo {
  readonly data?: { readonly concepts?: ReadonlyArray<WireConcept> }
  readonly output_config?: {
    readonly concepts_mutually_exclusive?: boolean
    readonly fail_on_missing_positive_examples?: boolean
  }
}
interface Body {
  readonly inputs?: ReadonlyArray<{
    readonly id?: string
    readonly data?: { readonly image?: { readonly base64?: string }; readonly concepts?: ReadonlyArray<WireConcept> }
  }>
  readonly models?: ReadonlyArray<{
    readonly id: string
    readonly output_info?: OutputInfo
  }>
  readonly model_versions?: ReadonlyArray<{ readonly description?: string; readonly output_info?: OutputInfo }>
  readonly action?: string
  readonly ids?: ReadonlyArray<string>
}

const ok = { code: 10000, description: "Ok" }

/** A failing answer of the protocol. */
export const failure = (code: number, http: number, details = "") =>
  Response.json({ status: { code, description: `state ${code}`, details } }, { status: http })

const gone = () => failure(11101, 404, "Resource does not exist")

/** Makes a fake service: its state, and a function that answers calls. */
export const makeFakeService = (given: Partial<Behaviour> = {}) => {
  const behaviour: Behaviour = {
    states: [21103, 21101, 21100],
    waiting: 1,
    oldestFirst: false,
    override: () => undefined,
    score: (shown, concept) => (shown === concept ? 0.9 : 0.05),
    reports: [],
    ...given
  }
  const inputs = new Map<string, Input>()
  const models = new Map<string, Model>()
  const calls: Array<string> = []
  let counted = 0
  let made = 0

  const showInput = ({ code, id, labels }: Input) => ({
    id,
    status: { code, description: "state", ...(code === 30002 ? { details: "it cannot be decoded" } : {}) },
    data: {
      image: { url: `https://example.invalid/${id}` },
      concepts: [...labels].map(([name, value]) => ({ id: name, value }))
    }
  })
  const configOf = (who: "version" | "model", { exclusive }: Pick<Version, "exclusive">) =>
    behaviour.reports.includes(who) ? { output_config: { concepts_mutually_exclusive: exclusive } } : {}
  const codeOf = ({ reads }: Version) => behaviour.states[Math.min(reads, behaviour.states.length - 1)] ?? 0
  const showVersion = (version: Version) => {
    const code = codeOf(version)
    return {
      id: version.id,
      description: version.description,
      created_at: version.createdAt,
      output_info: configOf("version", version),
      status: {
        code,
        description: "state",
        ...(behaviour.percent === undefined ? {} : { percent_completed: behaviour.percent }),
        ...(behaviour.secondsLeft === undefined ? {} : { time_remaining: behaviour.secondsLeft })
      }
    }
  }
  const showModel = (id: string, model: Model) => ({
    id,
    model_type_id: "embedding-classifier",
    output_info: {
      data: { concepts: model.concepts.map((concept) => ({ id: concept, name: concept })) },
      ...configOf("model", model)
    }
  })

  const postInputs = (body: Body) => {
    const shown = (body.inputs ?? []).map(({ data, id = `made-${inputs.size}` }) => {
      const known = inputs.get(id)
      if (known !== undefined) return showInput(known)
      const bytes = new Uint8Array(Buffer.from(data?.image?.base64 ?? "", "base64"))
      const input: Input = {
        id,
        bytes,
        code: data?.image?.base64 !== undefined && (bytes[0] !== 0x42 || bytes[1] !== 0x4d) ? 30002 : 30000,
        labels: new Map((data?.concepts ?? []).map((concept) => [concept.id, concept.value ?? 1]))
      }
      inputs.set(id, input)
      return { ...showInput(input), status: { code: 30001, description: "pending" } }
    })
    return { status: ok, inputs: shown }
  }

  const patchInputs = ({ action, inputs: changed = [] }: Body) => {
    const shown = changed.map(({ data, id = "" }) => {
      const input = inputs.get(id)
      if (input === undefined) return { id, status: { code: 11101 } }
      for (const concept of data?.concepts ?? []) {
        if (action === "remove") input.labels.delete(concept.id)
        else input.labels.set(concept.id, concept.value ?? 1)
      }
      return { ...showInput(input), status: { code: 30200 } }
    })
    return { status: ok, inputs: shown }
  }

  const outputs = (model: Model, version: Version, body: Body) => ({
    status: ok,
    outputs: (body.inputs ?? []).map(({ data }) => {
      const bytes = new Uint8Array(Buffer.from(data?.image?.base64 ?? "", "base64"))
      const shown = conceptIn(bytes)
      const concepts = model.concepts.map((id) => ({ id, name: id, value: behaviour.score(shown, id, version.nth) }))
      return { status: ok, data: { concepts: concepts.toSorted((a, b) => b.value - a.value) } }
    })
  })

  const aboutModel = (method: string, [id = "", part, versionId, what]: ReadonlyArray<string>, body: Body): unknown => {
    const model = models.get(id)
    if (model === undefined) return failure(21200, 404, "Model does not exist")
    if (part === undefined && method === "DELETE") {
      models.delete(id)
      return { status: ok }
    }
    if (part === undefined || part === "output_info") return { status: ok, model: showModel(id, model) }
    if (part !== "versions") return gone()
    if (versionId === undefined && method === "POST") {
      const { description = "", output_info: info } = body.model_versions?.[0] ?? {}
      const version: Version = {
        id: `v${++made}`,
        nth: made,
        description,
        exclusive: info?.output_config?.concepts_mutually_exclusive === true,
        createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, made)).toISOString(),
        reads: 0
      }
      model.versions.push(version)
      return { status: ok, model: { ...showModel(id, model), model_version: showVersion(version) } }
    }
    if (versionId === undefined) {
      const listed = model.versions.map(showVersion)
      return { status: ok, model_versions: behaviour.oldestFirst ? listed : listed.toReversed() }
    }
    const version = model.versions.find((one) => one.id === versionId)
    if (version === undefined) return failure(21200, 404, "Model version does not exist")
    if (method === "DELETE") {
      model.versions.splice(model.versions.indexOf(version), 1)
      return { status: ok }
    }
    if (what === "outputs") return outputs(model, version, body)
    const shown = showVersion(version)
    version.reads++
    return { status: ok, model_version: shown }
  }

  const answer = async ({
    body: given,
    method,
    path
  }: Pick<FakeCall, "method" | "path" | "body">): Promise<unknown> => {
    const url = new URL(path, "http://service.invalid")
    const parts = url.pathname
      .replace(/^\/v2\/(?:users\/[^/]+\/apps\/[^/]+\/)?/, "")
      .split("/")
      .map(decodeURIComponent)
    const route = `${method} ${parts.join("/")}`
    calls.push(route)
    const other = await behaviour.override({ method, path: `${parts.join("/")}${url.search}`, body: given })
    if (other !== undefined) return other
    const body = (given ?? {}) as Body // our own client's
    if (route === "POST inputs") return postInputs(body)
    if (route === "PATCH inputs") return patchInputs(body)
    if (route === "DELETE inputs") {
      for (const id of body.ids ?? []) inputs.delete(id)
      return { status: ok }
    }
    if (route === "GET inputs") {
      const ids = url.searchParams.getAll("ids")
      const found = ids.length === 0 ? [...inputs.values()] : ids.flatMap((id) => inputs.get(id) ?? [])
      return { status: ok, inputs: found.map(showInput) }
    }
    if (route === "GET inputs/stream") {
      const all = [...inputs.values()]
      const from = all.findIndex(({ id }) => id === url.searchParams.get("last_id")) + 1
      return { status: ok, inputs: all.slice(from, from + Number(url.searchParams.get("per_page"))).map(showInput) }
    }
    if (route === "GET inputs/status") {
      const errors = [...inputs.values()].filter(({ code }) => code === 30002).length
      const waits = inputs.size > 0 && counted < behaviour.waiting ? 1 : 0
      if (inputs.size > 0) counted++
      return {
        status: ok,
        counts: { processed: inputs.size - errors - waits, to_process: waits, errors, processing: 0 }
      }
    }
    if (route === "POST models" || route === "PATCH models") {
      for (const { id, output_info: info } of body.models ?? []) {
        const concepts = (info?.data?.concepts ?? []).map((concept) => concept.id)
        const known = models.get(id)
        if (route === "POST models" && known !== undefined) return failure(40010, 409)
        const exclusive = info?.output_config?.concepts_mutually_exclusive === true
        if (known === undefined) models.set(id, { concepts, exclusive, versions: [] })
        else known.concepts = concepts
      }
      const shown = (body.models ?? []).map(({ id }) =>
        showModel(id, models.get(id) ?? { concepts: [], exclusive: false, versions: [] })
      )
      return { status: ok, model: shown[0], models: shown }
    }
    return parts[0] === "models" ? aboutModel(method, parts.slice(1), body) : gone()
  }

  return { answer, inputs, models, calls, counts: () => calls.length }
}
export type Service = ReturnType<typeof makeFakeService>

/** A connection to a fake service in this process. */
export const connectDirectly = (service: Service) => fakeConnection(service.answer)

/** A fake service on a loopback socket, and a connection to it. */
export const connectBySocket = async (service: Service) => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8")
      const { method = "", url = "" } = request
      void service
        .answer({ method, path: url, body: text === "" ? undefined : JSON.parse(text) })
        .then(async (given) => {
          const answered = given instanceof Response ? given : Response.json(given)
          response.writeHead(answered.status, { "content-type": "application/json" })
          response.end(Buffer.from(await answered.arrayBuffer()))
        })
    })
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo // TCP, so never a path
  const connection = clarifai({
    baseUrl: `http://127.0.0.1:${port}`,
    pat: "test-key",
    userId: "me",
    appId: "main",
    rate: { perSecond: 10_000 }
  })
  return {
    connection,
    sockets: () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))),
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
  }
}
