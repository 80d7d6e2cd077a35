// A service on the loopback that takes inputs and trains at once, so that the client is what is measured.
// Prints its address on the first line of stdout; ends when its stdin closes.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const ok = { code: 10_000, description: "Ok" }
const marker = Buffer.from(`"id":"`)
let kept = 0

/** The ids of the inputs of a body, without reading its pictures: ids of 32 characters begin an input. */
const idsIn = (body: Buffer): ReadonlyArray<string> => {
  const ids: Array<string> = []
  for (let at = body.indexOf(marker); at !== -1; at = body.indexOf(marker, at + marker.length)) {
    const id = body.toString("latin1", at + marker.length, at + marker.length + 32)
    if (/^[0-9a-f]{32}$/.test(id)) ids.push(id)
  }
  return ids
}

const trained = { id: "v1", status: { code: 21_100, description: "trained" }, created_at: "2026-01-01T00:00:00Z" }
const model = { id: "photos", model_type_id: "embedding-classifier" }

const answer = (method: string, path: string, body: Buffer): object => {
  if (method === "POST" && path.endsWith("/inputs")) {
    const ids = idsIn(body)
    kept += ids.length
    return { status: ok, inputs: ids.map((id) => ({ id, status: { code: 30_001, description: "pending" } })) }
  }
  if (method === "DELETE") {
    kept = 0
    return { status: ok }
  }
  if (path.endsWith("/inputs/status"))
    return { status: ok, counts: { processed: kept, to_process: 0, errors: 0, processing: 0 } }
  if (method === "POST" && path.endsWith("/versions"))
    return { status: ok, model: { ...model, model_version: trained } }
  if (path.endsWith("/versions")) return { status: ok, model_versions: [] }
  if (path.includes("/versions/")) return { status: ok, model_version: trained }
  return { status: ok, model, inputs: [] }
}

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const said = Buffer.from(
      JSON.stringify(answer(request.method ?? "", (request.url ?? "").split("?")[0] ?? "", Buffer.concat(chunks)))
    )
    response.writeHead(200, { "content-type": "application/json", "content-length": said.length }).end(said)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => {
  // A server on TCP has an address object, never a path.
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.stdin.resume().on("end", () => process.exit(0))
