// A service on the loopback that answers predictions from prepared bytes, so that clients are what is measured.
// Prints its address on the first line of stdout; ends when its stdin closes.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const marker = Buffer.from(`"data"`) // once per input in every client's body; base64 holds no quotes

const countIn = (body: Buffer): number => {
  let count = 0
  for (let at = body.indexOf(marker); at !== -1; at = body.indexOf(marker, at + marker.length)) count += 1
  return count
}

const status = { code: 10_000, description: "Ok", req_id: "0123456789abcdef" }
const model = {
  id: "general",
  name: "general",
  created_at: "2026-01-01T00:00:00Z",
  app_id: "main",
  user_id: "bench",
  model_type_id: "visual-classifier",
  model_version: {
    id: "1",
    created_at: "2026-01-01T00:00:00Z",
    status: { code: 21_100, description: "Model is trained" }
  }
}
const concepts = Array.from({ length: 20 }, (_, i) => ({
  id: `concept_${i}`,
  name: `concept number ${i}`,
  value: Math.round(1e7 * (1 - i / 21)) / 1e7,
  app_id: "main"
}))
const output = (i: number) => ({
  id: `output-${i}`,
  status: { code: 10_000, description: "Ok" },
  created_at: "2026-01-01T00:00:00Z",
  model,
  input: { id: `input-${i}`, data: { image: { url: `https://example.invalid/${i}.jpg` } } },
  data: { concepts }
})

const prepared = new Map<number, Buffer>()
const answerFor = (count: number): Buffer => {
  const known = prepared.get(count)
  if (known) return known
  const made = Buffer.from(JSON.stringify({ status, outputs: Array.from({ length: count }, (_, i) => output(i)) }))
  prepared.set(count, made)
  return made
}

/** How long an answer takes, in milliseconds; at once where the first argument is missing. */
const latencyMs = Number(process.argv[2] ?? 0)

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const answer = answerFor(countIn(Buffer.concat(chunks)))
    const send = () =>
      response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer)
    if (latencyMs > 0) setTimeout(send, latencyMs)
    else send()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => {
  // A server on TCP has an address object, never a path.
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.stdin.resume().on("end", () => process.exit(0))
