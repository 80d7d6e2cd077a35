/** A service on the loopback that answers every call well, or misbehaves in one way at each of its origins. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { maskPng } from "./mask-png.ts"

/** One call to a fault's origin. */
interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: string
  /** Counts the calls with this path, from 1. */
  readonly nth: number
}

interface InputSent {
  readonly id?: string
  readonly data?: Readonly<Record<string, { readonly url?: string; readonly base64?: string; readonly raw?: string }>>
}

/** What an input was: its address or text, or the base64 of its bytes; long ones by their length. */
const nameOf = ({ data = {} }: InputSent): string => {
  const { base64, raw, url } = Object.values(data)[0] ?? {}
  const text = url ?? raw ?? base64 ?? ""
  return text.length > 200 ? `${text.length} characters` : text
}

const inputsOf = (body: string): ReadonlyArray<InputSent> =>
  // what core's own encoder writes
  (JSON.parse(body === "" ? "{}" : body) as { readonly inputs?: ReadonlyArray<InputSent> }).inputs ?? []

const ok = { code: 10000, description: "Ok" }

const outputOf = (input: InputSent) => {
  const name = nameOf(input)
  if (name.endsWith("/bad.jpg")) return { status: { code: 30002, description: "Download failed" }, input }
  const mask = { base64: maskPng, image_info: { width: 2, height: 1 } }
  const regions = [{ id: "r", region_info: { mask: { image: mask } }, data: { concepts: [{ id: "x", value: 0.5 }] } }]
  return { status: ok, input: { id: input.id }, data: { concepts: [{ id: "c", name, value: 0.9 }], regions } }
}

const answerTo = (body: string): string => {
  const inputs = inputsOf(body)
  const outputs = inputs.map(outputOf)
  const failed = outputs.filter(({ status }) => status.code !== 10000).length
  const status = failed === 0 ? ok : { code: failed === inputs.length ? 10020 : 10010, description: "Mixed" }
  return JSON.stringify({
    status: { ...status, req_id: "request-1" },
    outputs,
    inputs: inputs.map(({ id }) => ({ id, status: ok }))
  })
}

const json = ({ response }: Call, http: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  response
    .writeHead(http, { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...headers })
    .end(text)
const well = (call: Call) => json(call, 200, answerTo(call.body))
const refuse = (
  call: Call,
  http: number,
  code: number,
  more: object = {},
  headers?: Readonly<Record<string, string>>
) =>
  json(call, http, JSON.stringify({ status: { code, description: "refused", req_id: "request-2", ...more } }), headers)

/** Compressed as the fault says, if the client asks for that. */
const packed =
  (encoding: string, pack: (text: string) => Uint8Array) =>
  (call: Call): unknown => {
    if (!String(call.request.headers["accept-encoding"]).includes(encoding)) return well(call)
    const headers = { "content-type": "application/json", "content-encoding": encoding }
    return call.response.writeHead(200, headers).end(pack(answerTo(call.body)))
  }

const once =
  (fault: (call: Call) => unknown) =>
  (call: Call): unknown =>
    call.nth === 1 ? fault(call) : well(call)

const reset = ({ request }: Call) => request.socket.resetAndDestroy()

/** Pages of 250 inputs, as `GET /inputs` gives them. */
const listed = (call: Call) => {
  const url = new URL(call.request.url ?? "", "http://service.invalid")
  const [page, size] = [Number(url.searchParams.get("page")), Number(url.searchParams.get("per_page"))]
  const all = Array.from({ length: 250 }, (_, i) => ({ id: `input-${i}`, status: { code: 30000 } }))
  json(call, 200, JSON.stringify({ status: ok, inputs: all.slice((page - 1) * size, page * size) }))
}

const piece = (raw: string) =>
  `${JSON.stringify({ result: { status: ok, outputs: [{ status: ok, data: { text: { raw } } }] } })}\n`

/** Answers that break off when they are told to. */
const held = new Set<ServerResponse>()
const cutHeld = () => {
  for (const response of held) response.destroy()
  held.clear()
}

/** What is served, by the name that cases call it. */
const faults: Readonly<Record<string, (call: Call) => unknown>> = {
  well: (call) => (call.request.method === "GET" ? listed(call) : well(call)),
  throttledOnce: once((call) => refuse(call, 429, 11005, {}, { "retry-after": "0" })),
  unavailableOnce: once((call) => json(call, 503, "<html>Unavailable</html>", { "content-type": "text/html" })),
  failing: (call) => refuse(call, 500, 98004),
  badGateway: (call) => json(call, 502, "<html>Bad gateway</html>", { "content-type": "text/html" }),
  refusing: (call) => {
    // a gateway that repeats the key
    const said = `no access for ${call.request.headers.authorization ?? ""}`
    refuse(call, 401, 11009, { details: said, description: said })
  },
  redirecting: ({ response }) => response.writeHead(302, { location: "/elsewhere" }).end(),
  notJson: (call) => json(call, 200, "it works"),
  huge: ({ response }) => response.writeHead(200, { "content-length": 5_000_000 }).write(" ".repeat(100_000)),
  reset,
  resetOnce: once(reset),
  cut: ({ response }) => {
    response.writeHead(200, { "content-length": 1000 }).write(`{"status":{"code":10000},"outp`)
    setTimeout(() => response.destroy(), 20)
  },
  stalling: (call) => (call.body.includes("stall") ? undefined : well(call)),
  dripping: ({ response }) => {
    const timer = setInterval(() => response.write(" "), 20)
    response.once("close", () => clearInterval(timer))
  },
  gzip: packed("gzip", (text) => gzipSync(text)),
  brotli: packed("br", (text) => brotliCompressSync(text)),
  deflate: packed("deflate", (text) => deflateSync(text)),
  rawDeflate: packed("deflate", (text) => deflateRawSync(text)),
  streaming: ({ response }) => {
    response.writeHead(200, { "content-type": "application/json" })
    const text = Buffer.from(["Zü", "rich ", "🚂 日本"].map(piece).join(""))
    response.write(text.subarray(0, 95)) // within a line
    setTimeout(() => response.end(text.subarray(95)), 20)
  },
  /** Breaks off when `/cut` is asked for: a client that reads late must not lose what came before. */
  streamCut: ({ response }) => {
    held.add(response.writeHead(200, { "content-type": "application/json" }))
    response.write(piece("half"))
  }
}

/** What one origin was sent. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly inputs: number
  /** True once the client closed before the answer was complete. */
  abandoned: boolean
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) text += chunk
  return text
}

const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*, authorization" }

const listenerOf = (serve: (call: Call) => unknown): RequestListener => {
  const seen: Array<SeenCall> = []
  const counts = new Map<string, number>()
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(cors)) response.setHeader(name, value)
    response.setHeader("access-control-allow-methods", "*")
    const path = request.url ?? ""
    if (request.method === "OPTIONS") return response.writeHead(204).end()
    if (path === "/seen") return response.setHeader("content-type", "application/json").end(JSON.stringify(seen))
    if (path === "/cut") return [cutHeld(), response.end()]
    const body = await textOf(request)
    const one: SeenCall = {
      method: request.method ?? "",
      path,
      headers: request.headers,
      inputs: inputsOf(body).length,
      abandoned: false
    }
    seen.push(one)
    response.once("close", () => (one.abandoned = !response.writableFinished))
    const nth = (counts.get(path) ?? 0) + 1
    counts.set(path, nth)
    return serve({ request, response, body, nth })
  }
  return (request, response) => void handle(request, response).catch(() => response.destroy())
}

/** The running service. */
export interface FaultyService {
  readonly origins: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return `127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path
}

/** Faults share no origin: one that breaks a kept connection would hit the next case that uses it. */
export const startFaultyService = async (): Promise<FaultyService> => {
  const servers = Object.entries(faults).map(([name, serve]) => [name, createServer(listenerOf(serve))] as const)
  const dropping = createTcpServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", () => socket.destroy())
  })
  const closed = createTcpServer()
  const origins: Record<string, string> = {}
  for (const [name, server] of servers) origins[name] = `http://${await listen(server)}`
  origins["tlsDropped"] = `https://${await listen(dropping)}`
  origins["noTls"] = (origins["well"] ?? "").replace("http:", "https:")
  origins["refused"] = `http://${await listen(closed)}`
  await new Promise((done) => closed.close(done))
  const close = async () => {
    for (const [, server] of servers) {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
    await new Promise((done) => dropping.close(done))
  }
  return { origins, close }
}
