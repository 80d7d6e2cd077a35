/**
 * Core's HTTP client: one ky instance for each connection, through which every request of it goes. ky's own retry,
 * timeout and HTTP errors are off, since one place of core decides each of them.
 */
import ky, { type KyInstance, type Options } from "ky"
import type { Connection, Fetch } from "./connection.ts"

/** One HTTP request. */
export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | undefined
  readonly signal: AbortSignal
}

/** Makes a request. Rejects with what the network threw, or with a {@link HookError}. */
export type Http = (request: HttpRequest) => Promise<Response>

/** A hook of the user's ky threw, or gave something that is no response. */
export class HookError extends Error {
  /** False if the request was not sent yet. */
  readonly sent: boolean
  constructor(problem: string, sent: boolean, cause?: unknown) {
    super(problem, { cause })
    this.sent = sent
  }
}

/** The options that an instance was made with: ky passes them to a function that extends it. */
export const optionsOf = (instance: KyInstance): Options => {
  let found: Options = {}
  instance.extend((options) => {
    found = options
    return {}
  })
  return found
}

/** True if no hook can look at a request: its body is then passed beside ky, which would copy it. */
const isUnseen = ({ hooks, onUploadProgress }: Options): boolean =>
  onUploadProgress === undefined && Object.values(hooks ?? {}).every((list) => list.length === 0)

/** One request on its way; ky passes it on to the `fetch` beneath it, as any option that it does not know. */
interface Progress {
  readonly request: HttpRequest
  sent: boolean
  failure?: unknown
}

const progressOf = (init: RequestInit | undefined): Progress => (init as { readonly sightline: Progress }).sightline

/** The `fetch` beneath ky, which takes the form that all take: an address as text, plain headers, a body of bytes. */
const beneath = (fetch: Fetch, initOf: (request: Request, asked: HttpRequest) => Promise<RequestInit>): Fetch => {
  const send = async (progress: Progress, url: string, init: RequestInit) => {
    progress.sent = true
    try {
      return await fetch(url, init)
    } catch (thrown) {
      progress.failure = thrown
      throw thrown
    }
  }
  return async (given, options) => {
    const progress = progressOf(options)
    const request = given as Request // ky gives no other
    return send(progress, request.url, await initOf(request, progress.request))
  }
}

const plainHeaders = ({ headers }: Request) => Object.fromEntries(headers)

/** What is sent where no hook sees the request, and no instance of the user's adds headers. */
const plainInit = async (_: Request, { body, headers, method, signal }: HttpRequest): Promise<RequestInit> => ({
  method,
  headers,
  ...(body === undefined ? {} : { body }),
  redirect: "manual",
  signal
})

/** The same with the headers of the user's instance. */
const unseenInit = async (request: Request, asked: HttpRequest): Promise<RequestInit> => ({
  ...(await plainInit(request, asked)),
  headers: plainHeaders(request)
})
/** What is sent of a request that hooks may have changed, or replaced by another. */
const seenInit = async (request: Request, { signal }: HttpRequest): Promise<RequestInit> => ({
  method: request.method,
  headers: plainHeaders(request),
  ...(request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }),
  redirect: "manual",
  signal: AbortSignal.any([signal, request.signal])
})

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** A response by its form: that of a `fetch` of the user's own may be of no class that is known here. */
const isResponse = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && "status" in value && "headers" in value && "text" in value

/** The client of a connection. */
export const makeHttp = ({ fetch, ky: given, rewrite }: Pick<Connection, "fetch" | "ky" | "rewrite">): Http => {
  const unseen = given === undefined || isUnseen(optionsOf(given))
  const off: Options = { retry: 0, timeout: false, throwHttpErrors: false, redirect: "manual" }
  const client =
    given === undefined
      ? ky.create({ ...off, fetch: beneath(fetch, plainInit) })
      : given.extend({ ...off, totalTimeout: false, prefix: "", fetch: beneath(fetch, unseen ? unseenInit : seenInit) })
  return async (asked) => {
    const request = rewrite === undefined ? asked : rewrite(asked)
    const sightline: Progress = { request, sent: false }
    const { body, headers, method, signal, url } = request
    try {
      const options: Options & { readonly sightline: Progress } = {
        method,
        // what no hook sees is not copied into ky's own Request
        ...(given === undefined ? {} : { headers }),
        ...(unseen ? {} : { signal }),
        ...(unseen || body === undefined ? {} : { body }),
        sightline
      }
      const response: unknown = await client(url, options)
      if (isResponse(response)) return response
      throw new HookError("a ky hook gave no response", sightline.sent)
    } catch (thrown) {
      const { failure, sent } = sightline
      if (thrown instanceof HookError || signal.aborted) throw thrown
      // ky puts some failures of `fetch` into another error
      if (failure !== undefined && (thrown === failure || (thrown instanceof Error && thrown.cause === failure)))
        throw failure
      throw new HookError(`a ky hook threw: ${messageOf(thrown)}`, sent, thrown)
    }
  }
}
