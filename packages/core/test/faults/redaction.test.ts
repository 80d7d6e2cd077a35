/** Plants what must stay inside wherever a service or a network could give it back, and looks everywhere it could show. */
import { assert, it } from "@effect/vitest"
import { Effect, Logger, Redacted, References, Stream, Tracer } from "effect"
import * as fc from "fast-check"
import { inspect } from "node:util"
import { scrub } from "../../src/errors/redact.ts"
import { noSecrets } from "../../src/errors/secrets.ts"
import { clarifai, models, sightline, type CallEvent } from "../../src/index.ts"
import { runs } from "../wire/runs.ts"
import { body, output } from "./answers.ts"

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".split("")
const token = (min: number, max: number, extra: ReadonlyArray<string> = []) =>
  fc
    .array(fc.constantFrom(...alphabet, ...extra), { minLength: min, maxLength: max })
    .map((letters) => letters.join(""))

const plants = fc.record({
  pat: fc.stringMatching(/^[0-9a-f]{32}$/),
  session: token(20, 200, ["-", "_", "."]),
  /** Given by `.secret`: may look like anything. */
  secret: token(6, 60, ["-", "+", "/", "$", "(", '"', "\\", "é"]),
  /** Given in `.params` under a name that says so. */
  param: token(8, 40),
  password: token(8, 20),
  signature: fc.stringMatching(/^[0-9a-f]{64}$/),
  bytes: fc.uint8Array({ minLength: 90, maxLength: 400 }),
  latitude: fc.integer({ min: -89_999_999, max: 89_999_999 }).map((n) => (n / 1e6).toFixed(6)),
  longitude: fc.integer({ min: -179_999_999, max: 179_999_999 }).map((n) => (n / 1e6).toFixed(6)),
  seconds: fc.integer({ min: 1000, max: 5999 }).map((n) => (n / 100).toFixed(2))
})
type Plants = typeof plants extends fc.Arbitrary<infer A> ? A : never

/** How a server or a library might word what it was given. */
const phrases: Readonly<Record<string, (planted: Plants) => string>> = {
  header: ({ pat }) => `request had authorization: Key ${pat}`,
  bare: ({ pat }) => `unknown key ${pat}!`,
  session: ({ session }) => `{"x-clarifai-session-token":"${session}"}`,
  secret: ({ secret }) => `provider said: invalid x-api-key ${secret}`,
  quoted: ({ secret }) => JSON.stringify({ echo: { headers: { key: secret } } }),
  encoded: ({ secret }) => `GET /models?key=${encodeURIComponent(secret)} HTTP/1.1`,
  param: ({ param }) => `bad value ${param} of openai_key`,
  base64: ({ bytes }) => `cannot decode "${Buffer.from(bytes).toString("base64")}"`,
  wrapped: ({ bytes }) =>
    (
      Buffer.from(bytes)
        .toString("base64")
        .match(/.{1,40}/g) ?? []
    ).join("\n"),
  base64url: ({ bytes }) => `blob ${Buffer.from(bytes).toString("base64url")}`,
  hex: ({ bytes }) => `0x${Buffer.from(bytes).toString("hex")}`,
  raw: ({ bytes }) => `unexpected ${Buffer.from(bytes).toString("latin1")} in image`,
  list: ({ bytes }) => `Uint8Array [${[...bytes].join(", ")}]`,
  signed: ({ signature }) =>
    `cannot fetch https://b.s3.amazonaws.com/a.jpg?X-Amz-Signature=${signature}&X-Amz-Expires=60`,
  bucket: ({ signature }) => `cannot fetch s3://bucket/a.jpg?sig=${signature}`,
  relative: ({ signature }) => `GET /a.jpg?sv=2026&sig=${signature} gave 403`,
  login: ({ password }) => `connect to https://user:${password}@proxy.test:8080/x failed`,
  jwt: ({ session }) => `Bearer eyJhbGciOiJIUzI1NiJ9.${session.replaceAll(/\W/g, "x")}.sig`,
  pair: ({ latitude, longitude }) => `taken at ${latitude}, ${longitude}`,
  json: ({ latitude, longitude }) =>
    JSON.stringify({ geo_point: { latitude: Number(latitude), longitude: Number(longitude) } }),
  exif: ({ latitude, longitude }) => `GPSLatitude=${latitude} GPSLongitude: ${longitude}`,
  degrees: ({ seconds }) => `GPS 47°22'${seconds}"N 8°32'${seconds}"E`
}

const windows = (text: string, size: number): ReadonlyArray<string> =>
  Array.from({ length: Math.floor(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size))

const needles = (planted: Plants): ReadonlyArray<string> => {
  const { bytes } = planted
  return [
    planted.pat,
    planted.session,
    planted.session.replaceAll(/\W/g, "x"),
    planted.secret,
    JSON.stringify(planted.secret).slice(1, -1),
    encodeURIComponent(planted.secret),
    planted.param,
    planted.password,
    planted.signature,
    `${Number(planted.latitude)}`,
    `${Number(planted.longitude)}`,
    `${planted.seconds}"`,
    ...windows(Buffer.from(bytes).toString("base64"), 30),
    ...windows(Buffer.from(bytes).toString("base64url"), 30),
    ...windows(Buffer.from(bytes).toString("hex"), 40),
    ...windows(Buffer.from(bytes).toString("latin1"), 16),
    bytes.slice(0, 12).join(", ")
  ].filter((needle) => needle.length >= 5) // a coordinate such as 7 says nothing
}

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value)

/** Everything that people and programs may see of a value. */
const shown = (value: unknown): string => {
  const texts = [
    inspect(value, { showHidden: true, depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity })
  ]
  for (let at: unknown = value, depth = 0; at !== undefined && at !== null && depth < 10; depth++) {
    texts.push(at instanceof Error ? at.toString() : inspect(at), JSON.stringify(at, plain) ?? "")
    if (at instanceof Error) texts.push(at.message, at.stack ?? "", JSON.stringify(at, Object.getOwnPropertyNames(at)))
    at = at instanceof Error ? at.cause : undefined
  }
  return texts.join("\n")
}

/** Where the phrase comes back. */
const ways: Readonly<Record<string, (text: string) => Promise<Response>>> = {
  details: async (text) =>
    Response.json({ status: { code: 30002, description: "d", details: text, req_id: "r" } }, { status: 400 }),
  description: async (text) => Response.json({ status: { code: 98004, description: text } }, { status: 500 }),
  item: async (text) => Response.json(body(10010, [output("x", 30002, text)]), { status: 207 }),
  gateway: async (text) => Response.json({ code: 3, message: text }, { status: 403 }),
  line: async (text) => new Response(`${JSON.stringify({ error: { code: 13, message: text } })}\n`),
  piece: async (text) => new Response(`${JSON.stringify({ result: body(10000, [output("x", 30002, text)]) })}\n`),
  late: async (text) => {
    const good = { result: body(10000, [{ ...output("x"), data: { text: { raw: text } }, completion_tokens: 3 }]) }
    return new Response(`${JSON.stringify(good)}\n${JSON.stringify({ error: { code: 14, message: text } })}\n`)
  },
  page: async (text) => new Response(`<html><title>${text}</title><body>${text}</body></html>`, { status: 502 }),
  text: async (text) => new Response(text, { status: 200 }),
  location: async (text) => new Response("", { status: 302, headers: { location: `/x?${encodeURIComponent(text)}` } }),
  thrown: (text) =>
    Promise.reject(new TypeError("fetch failed", { cause: new Error(text, { cause: new Error(text) }) })),
  coded: (text) =>
    Promise.reject(Object.assign(new Error(text), { code: "ECONNRESET", request: { headers: text }, hostname: text }))
}

it("keys, bytes and places never show: in errors, logs, spans or events", { timeout: 120_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      plants,
      fc.constantFrom(...Object.keys(phrases)),
      fc.constantFrom(...Object.keys(ways)),
      fc.string({ maxLength: 40 }),
      fc.constantFrom("one" as const, "many" as const, "pieces" as const),
      async (planted, phrase, way, around, how) => {
        const text = `${around} ${phrases[phrase]?.(planted) ?? ""} ${around}`
        const events: Array<CallEvent> = []
        const logged: Array<unknown> = []
        const spans: Array<Tracer.Span> = []
        const connection = clarifai({
          pat: planted.pat,
          sessionToken: planted.session,
          userId: "me",
          appId: "main",
          baseUrl: "https://service.test",
          headers: { "x-proxy-token": planted.password },
          rate: { perSecond: Infinity },
          fetch: () => (ways[way] ?? ways["text"])?.(text) ?? Promise.reject(new Error("no way"))
        })
        const app = sightline(connection, {
          onEvent: (event) => events.push(event),
          secrets: { provider: Redacted.make(planted.secret) }
        })
        const url = `https://images.test/a.jpg?X-Amz-Signature=${planted.signature}`
        const one = app
          .input(planted.bytes)
          .params({ openai_key: planted.param })
          .secret("third_party", "provider")
          .predict(models.general)
        const many = app
          .inputs([planted.bytes, url])
          .params({ openai_key: planted.param })
          .secret("third_party", Redacted.make(planted.secret))
          .predict(models.general)
        const pieces = app
          .input(planted.bytes)
          .params({ openai_key: planted.param })
          .secret("third_party", "provider")
          .generate(models.caption)
        const tracer = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          }
        })
        const logger = Logger.make(({ cause, message }) => void logged.push(message, cause))
        const chains = { one, many, pieces: Stream.runDrain(pieces.toStream()) }
        const chain: Effect.Effect<unknown, unknown> = chains[how]
        const result = await Effect.runPromise(
          Effect.result(chain).pipe(
            Effect.provide(Logger.layer([logger])),
            Effect.provideService(References.MinimumLogLevel, "All"),
            Effect.provideService(Tracer.Tracer, tracer)
          )
        )
        assert.isNotEmpty(logged)
        assert.isNotEmpty(spans)
        assert.isNotEmpty(events)
        const errors =
          result._tag === "Failure"
            ? [result.failure]
            : Array.isArray(result.success)
              ? result.success.map((outcome: { readonly error?: unknown }) => outcome.error)
              : []
        assert.isNotEmpty(errors)
        const seen = [result, chain, pieces, app, connection, ...errors, events, logged, spans].map(shown).join("\n")
        for (const needle of needles(planted))
          assert.isFalse(
            seen.includes(needle),
            `${phrase} by ${way} shows ${needle} in ${seen.slice(Math.max(0, seen.indexOf(needle) - 300), seen.indexOf(needle) + 100)}`
          )
      }
    ),
    { numRuns: runs(100) }
  )
)

it("bytes that hold what looks like a vendor's key are bytes from end to end", () => {
  const bytes = new Uint8Array(115)
  bytes.set([63, 171, 144], 22) // "+rkA" in base64, and `rk` begins keys of a vendor
  const base64 = Buffer.from(bytes).toString("base64")
  assert.strictEqual(scrub(`cannot decode "${base64}"`, noSecrets), `cannot decode "<bytes>"`)
  const key = "sk-abcdefghijkl0123456789"
  assert.strictEqual(scrub(`no ${key} here`, noSecrets), "no <redacted> here")
  assert.strictEqual(
    scrub(`no /v1/organizations/of/mine/keys/${key}`, noSecrets),
    "no /v1/organizations/of/mine/keys/<redacted>"
  )
})
