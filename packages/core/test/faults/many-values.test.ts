import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { clarifai, models, sightline } from "../../src/index.ts"
import { decodeBinary } from "../../src/protobuf.ts"
import { hasMoreTokens } from "../../src/wire/codec/json-tokens.ts"
import { MultiOutputResponseWire } from "../../src/wire/messages/output-messages.ts"

const source = fileURLToPath(new URL("../../src/index.ts", import.meta.url))
const program = `
import { createServer } from "node:http"
import { clarifai, models, sightline } from ${JSON.stringify(source)}
const piece = Buffer.from(process.env.PIECE.repeat(Math.ceil(4_000_000 / process.env.PIECE.length)))
const server = createServer((req, res) => {
  req.resume().on("end", async () => {
    res.setHeader("content-type", "application/json")
    res.write('{"status":{"code":10000},"outputs":[')
    for (let sent = 0; sent < 200 * 2 ** 20 && !res.destroyed; sent += piece.length)
      if (!res.write(piece)) await new Promise((go) => { res.once("drain", go); res.once("close", go) })
    res.end("{}]}")
  })
})
server.listen(0, "127.0.0.1", async () => {
  const options = { baseUrl: "http://127.0.0.1:" + server.address().port, pat: "k", userId: "u", appId: "a" }
  const app = sightline(clarifai({ ...options, limits: { maxAttempts: 1, attemptTimeoutMs: 900_000 } }))
  const { error } = await app.input("https://x.test/a.jpg").predict(models.general).result()
  console.log(error._tag, error.problem)
  process.exit()
})`

/** What a program prints that is sent 200 MiB of `piece` and has a heap of 1 GiB. */
const printed = async (piece: string) => {
  const child = spawn(
    process.execPath,
    ["--max-old-space-size=1024", "--input-type=module-typescript", "--eval", program],
    { env: { PATH: process.env["PATH"], PIECE: piece }, stdio: ["ignore", "pipe", "ignore"] }
  )
  let out = ""
  child.stdout.on("data", (text: Buffer) => (out += text.toString()))
  const [code] = await once(child, "close")
  return `${code} ${out.trim()}`
}

describe("an answer of few bytes and many values", () => {
  it.each(["{},", `{"id":[]},`])(
    "of 200 MiB of %s is refused before it is parsed, in a heap of 1 GiB",
    { timeout: 600_000 },
    async (piece) => {
      assert.strictEqual(
        await printed(piece),
        "0 MalformedAnswer it has more than 6000000 values (limits.maxAnswerTokens)"
      )
    }
  )
  it("is refused as text too, by a limit that can be set", async () => {
    const fetch = () => Promise.resolve(new Response(`{"status":{"code":10000},"outputs":[${"{},".repeat(999)}{}]}`))
    const answer = (maxAnswerTokens: number) =>
      sightline(
        clarifai({ baseUrl: "https://api.test", pat: "k", userId: "u", appId: "a", fetch, limits: { maxAnswerTokens } })
      )
        .input("https://x.test/a.jpg")
        .predict(models.general)
        .result()
    const [refused, read] = [await answer(1999), await answer(3000)]
    assert.include(refused.ok ? "" : refused.error.message, "more than 1999 values")
    assert.notInclude(read.ok ? "" : read.error.message, "values")
  })
  it("is refused in protobuf's binary form too", () => {
    const outputs = new Uint8Array(14_000_000)
    for (let at = 0; at < outputs.length; at += 2) outputs[at] = 0x12 // `outputs`, empty
    const decoded = decodeBinary(MultiOutputResponseWire, outputs)
    assert.include(decoded.ok ? "" : decoded.problem.problem, "too many values")
  })
})

describe("tokens are counted", () => {
  it.each([
    [`{"a":[1,2]}`, 4],
    [`"a,b:[{"`, 0],
    [String.raw`["\"",",\\",","]`, 3],
    [`["é,ü","漢,字"]`, 2]
  ])("in %s: %i", (text, tokens) => {
    for (const form of [text, new TextEncoder().encode(text)]) {
      assert.isTrue(tokens === 0 || hasMoreTokens(form, tokens - 1))
      assert.isFalse(hasMoreTokens(form, tokens))
    }
  })
})
