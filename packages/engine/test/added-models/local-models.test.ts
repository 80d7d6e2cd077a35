/** Adding models from servers of this machine that speak as the npm registry, a hub and a web server do. */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { create } from "tar"
import { localModels, ModelNotAdded } from "../../src/index.ts"
import { catalogue } from "../../src/added-models/catalogue.ts"
import { partialPath } from "../../src/added-models/download.ts"
import { colourScores, putTfjs } from "../tfjs/write-tfjs.ts"
import { putClassifier } from "../models/pretrained/tiny-models.ts"
import { ask, freshEngine, freshFolder } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"

using bench = freshFolder()
const sha512 = (bytes: Uint8Array) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`

type Serve = (request: IncomingMessage, response: ServerResponse) => void
const pages = new Map<string, Serve>()
const ranges: Array<string | undefined> = []
const server = createServer((request, response) => {
  ranges.push(request.headers.range)
  const page = pages.get(decodeURIComponent(request.url ?? "").replace(/\?.*$/, ""))
  if (page === undefined) response.writeHead(404).end("{}")
  else page(request, response)
})
let url = ""
let tarball: Buffer = Buffer.alloc(0)

const bytes =
  (content: Uint8Array): Serve =>
  ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0)
    response.writeHead(from === 0 ? 200 : 206, { "content-length": content.length - from }).end(content.subarray(from))
  }
const json =
  (content: object): Serve =>
  (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(content))
  }
/** Sends half of the bytes, then breaks off. */
const cut =
  (content: Uint8Array): Serve =>
  (_, response) => {
    response.writeHead(200, { "content-length": content.length })
    response.write(content.subarray(0, content.length / 2), () => setTimeout(() => response.destroy(), 50))
  }

/** A package of the registry. */
const publish = (name: string, version: string, content: Uint8Array, integrity = sha512(content)) => {
  const path = `/${name}/-/${version}.tgz`
  const dist = { tarball: `${url}${path}`, integrity }
  pages.set(
    `/${name}`,
    json({ name, "dist-tags": { latest: version }, versions: { [version]: { name, version, dist } } })
  )
  pages.set(path, bytes(content))
}

const snapshot = (folder: string): ReadonlyArray<string> =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).toSorted() : ["nothing"]

/** A folder of models, a cache, and the npm configuration of this test. */
const open = (folder: string) =>
  localModels({ folder: join(folder, "models"), cache: join(folder, "cache"), cwd: bench.path, hubUrl: url })

const failure = async (work: Promise<unknown>): Promise<ModelNotAdded> => {
  const outcome: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause
  )
  assert.instanceOf(outcome, ModelNotAdded)
  return outcome
}

const environment = { ...process.env }
beforeAll(async () => {
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server has one
  // What npm itself is configured by; variables win over a file.
  process.env["npm_config_registry"] = url
  process.env["npm_config_cache"] = join(bench.path, "npm-cache")
  process.env["npm_config_fetch_retries"] = "0"
  putClassifier(bench.path, "package")
  await create({ file: join(bench.path, "reds.tgz"), cwd: bench.path, gzip: true }, ["package"])
  tarball = readFileSync(join(bench.path, "reds.tgz"))
})
afterAll(() => {
  process.env = environment
  server.closeAllConnections()
  server.close()
})

describe("a model of the npm registry", () => {
  it("is added with its hashes, answers, is checked, and is removed", { timeout: 120_000 }, async () => {
    publish("@tests/reds", "1.0.0", tarball)
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
    const models = open(local.directory)
    const offers: Array<unknown> = []
    const added = await models.add("@tests/reds", { confirm: (offer) => offers.push(offer) > 0 })
    assert.deepStrictEqual([added.id, added.resolved, added.integrity], ["reds", "@tests/reds@1.0.0", sha512(tarball)])
    assert.lengthOf(offers, 1)
    assert.sameMembers(Object.keys(added.files), ["manifest.json", "model.onnx"])
    const inputs = [{ data: { image: { base64: await drawBase64("across", 1) } } }]
    const predict = () => ask(local.fetch, "POST /v2/models/reds/outputs", { inputs })
    assert.strictEqual((await predict()).http, 200)
    assert.deepStrictEqual(
      (await models.list()).map(({ id }) => id),
      ["reds"]
    )
    assert.strictEqual((await models.check("reds")).id, "reds")
    // The same model again is no error, and no second download.
    assert.strictEqual((await models.add("@tests/reds")).addedAt, added.addedAt)

    const graph = join(local.directory, "models", "reds", "model.onnx")
    const original = readFileSync(graph)
    writeFileSync(graph, Buffer.concat([original, Buffer.from([0])]))
    const changed = await predict()
    assert.strictEqual(changed.body.status.code, 21350)
    assert.include(changed.body.status.details, "model.onnx is not as it was added (models.lock)")
    assert.strictEqual((await failure(models.check("reds"))).reason, "integrity")
    assert.strictEqual((await failure(models.add("@tests/reds"))).reason, "exists")

    await models.remove("reds")
    assert.isFalse(existsSync(join(local.directory, "models", "reds")))
    assert.deepStrictEqual(await models.list(), [])
    assert.strictEqual((await failure(models.remove("reds"))).reason, "unknown")
  })

  it.each([
    ["whose hash differs", "forged", "integrity", {}],
    ["that does not exist", "nowhere-to-be-found@2.0.0", "source", {}],
    ["that brings no manifest", "bare", "manifest", {}],
    ["of another hash than was asked for", "reds@1.0.0", "integrity", { integrity: sha512(Buffer.from("x")) }]
  ] as const)("%s leaves the folder as it was", { timeout: 120_000 }, async (_, source, reason, options) => {
    using folder = freshFolder()
    publish("reds", "1.0.0", tarball)
    publish("forged", "1.0.0", tarball, sha512(Buffer.from("another file")))
    mkdirSync(join(bench.path, "bare", "package"), { recursive: true })
    writeFileSync(join(bench.path, "bare", "package", "README.md"), "nothing here")
    await create({ file: join(bench.path, "bare.tgz"), cwd: join(bench.path, "bare"), gzip: true }, ["package"])
    publish("bare", "1.0.0", readFileSync(join(bench.path, "bare.tgz")))
    const error = await failure(open(folder.path).add(source, options))
    assert.strictEqual(error.reason, reason, error.message)
    assert.notInclude(error.message, "\n")
    assert.deepStrictEqual(snapshot(join(folder.path, "models")), ["nothing"])
  })

  it("is not fetched if the offer is declined", async () => {
    using folder = freshFolder()
    const before = ranges.length
    const error = await failure(open(folder.path).add("ocr", { confirm: ({ license }) => license !== "Apache-2.0" }))
    assert.strictEqual(error.reason, "declined")
    assert.strictEqual(ranges.length, before)
    assert.deepStrictEqual(snapshot(folder.path), [])
  })
})

describe("a model at an address", () => {
  it("whose download is cut leaves the folder as it was, and the next attempt fetches the rest", async () => {
    using folder = freshFolder()
    const integrity = sha512(tarball)
    const models = open(folder.path)
    pages.set("/reds.tgz", cut(tarball))
    const error = await failure(models.add(`${url}/reds.tgz`, { integrity }))
    assert.deepStrictEqual([error.reason, error.retryable], ["download", true])
    assert.include(error.message, "run it again to go on")
    assert.deepStrictEqual(snapshot(join(folder.path, "models")), ["nothing"])
    pages.set("/reds.tgz", bytes(tarball))
    const added = await models.add(`${url}/reds.tgz`, { integrity })
    assert.match(ranges.at(-1) ?? "", /^bytes=[1-9]\d*-$/)
    assert.strictEqual(added.integrity, integrity)
    assert.deepStrictEqual(snapshot(join(folder.path, "cache")), [])
  })

  it.skipIf(!existsSync("/dev/full"))("on a full disk is one error, and the folder is as it was", async () => {
    using folder = freshFolder()
    pages.set("/reds.tgz", bytes(tarball))
    mkdirSync(join(folder.path, "cache"))
    const wanted = { model: "reds", url: `${url}/reds.tgz` }
    symlinkSync("/dev/full", partialPath(join(folder.path, "cache"), wanted))
    const error = await failure(open(folder.path).add(wanted.url))
    assert.deepStrictEqual([error.reason, error.message.includes("the disk is full")], ["disk", true])
    assert.deepStrictEqual(snapshot(join(folder.path, "models")), ["nothing"])
  })
})

describe("a model of a hub", () => {
  const sha = "0123456789abcdef0123456789abcdef01234567"
  const config = Buffer.from(JSON.stringify({ model_type: "vit" }))
  const gitHash = createHash("sha1").update(`blob ${config.length}\0`).update(config).digest("hex")
  const manifest = { type: "visual-classifier", runtime: "transformers" } as const
  const serve = (graph: Buffer, sent = graph) => {
    const siblings = [
      { rfilename: "config.json", size: config.length, blobId: gitHash },
      {
        rfilename: "onnx/model.onnx",
        size: graph.length,
        lfs: { sha256: createHash("sha256").update(graph).digest("hex") }
      },
      { rfilename: "onnx/model_fp16.onnx", size: 1, lfs: { sha256: "00" } },
      { rfilename: "../outside.json", size: 1, blobId: gitHash }
    ]
    pages.set("/api/models/tests/vit/revision/v1", json({ sha, siblings }))
    pages.set(`/tests/vit/resolve/${sha}/config.json`, bytes(config))
    pages.set(`/tests/vit/resolve/${sha}/onnx/model.onnx`, bytes(sent))
  }

  it("is pinned to a commit, and each file has the hash that the hub states", async () => {
    using folder = freshFolder()
    serve(tarball)
    const progress: Array<readonly [number, number | undefined]> = []
    const added = await open(folder.path).add("hub:tests/vit@v1", {
      manifest,
      onProgress: (...now) => progress.push(now)
    })
    assert.deepStrictEqual(
      [added.id, added.source, added.resolved],
      ["vit", "hub:tests/vit@v1", `hub:tests/vit@${sha}`]
    )
    assert.sameMembers(Object.keys(added.files), ["config.json", "manifest.json", "onnx/model.onnx"])
    const total = config.length + tarball.length
    assert.deepStrictEqual(progress.at(-1), [total, total])
  })

  it.each(catalogue.filter(({ source }) => source.from === "hub").map((entry) => [entry.name, entry] as const))(
    "is added by the name %s of the catalogue",
    async (name, entry) => {
      using folder = freshFolder()
      assert.strictEqual(entry.source.from, "hub")
      const repository = entry.source.from === "hub" ? entry.source.repository : ""
      const contents = Object.values(entry.files).map((path) => [path, Buffer.from(`${repository}/${path}`)] as const)
      const siblings = contents.map(([path, content]) => ({
        rfilename: path,
        size: content.length,
        lfs: { sha256: createHash("sha256").update(content).digest("hex") }
      }))
      pages.set(`/api/models/${repository}/revision/main`, json({ sha, siblings }))
      for (const [path, content] of contents) pages.set(`/${repository}/resolve/${sha}/${path}`, bytes(content))
      const added = await open(folder.path).add(name)
      assert.sameMembers(Object.keys(added.files), [...Object.keys(entry.files), "manifest.json"])
      assert.deepStrictEqual([added.resolved, added.license], [`hub:${repository}@${sha}`, entry.license])
      const manifest: unknown = JSON.parse(readFileSync(join(folder.path, "models", name, "manifest.json"), "utf8"))
      assert.deepStrictEqual(manifest, entry.manifest)
    }
  )

  it("with another file than the hub states is refused", async () => {
    using folder = freshFolder()
    serve(tarball, Buffer.alloc(tarball.length, 1))
    const error = await failure(open(folder.path).add("hub:tests/vit@v1", { manifest }))
    assert.strictEqual(error.reason, "integrity")
    assert.deepStrictEqual(snapshot(join(folder.path, "models")), ["nothing"])
  })
})

describe("several attempts at once", () => {
  it("lose no line of models.lock, and one model is added once", { timeout: 120_000 }, async () => {
    using folder = freshFolder()
    const ids = ["a", "b", "c", "d", "e", "f", "a"]
    // Each opens the folder anew, as processes of their own do; the lock is one of files.
    const outcomes = await Promise.allSettled(
      ids.map((id) => open(folder.path).add(join(bench.path, "package"), { id }))
    )
    const refused = outcomes.flatMap((one): ReadonlyArray<unknown> => (one.status === "rejected" ? [one.reason] : []))
    assert.lengthOf(refused, 1)
    assert.instanceOf(refused[0], ModelNotAdded)
    assert.strictEqual(refused[0].reason, "exists")
    const models = open(folder.path)
    assert.sameMembers(
      (await models.list()).map(({ id }) => id),
      ["a", "b", "c", "d", "e", "f"]
    )
    for (const id of new Set(ids)) assert.strictEqual((await models.check(id)).id, id)
    assert.deepStrictEqual(
      readdirSync(join(folder.path, "models")).filter((name) => name.startsWith(".adding-")),
      []
    )
    const removals = await Promise.allSettled(["a", "c", "e"].map((id) => open(folder.path).remove(id)))
    assert.deepStrictEqual(
      removals.map(({ status }) => status),
      ["fulfilled", "fulfilled", "fulfilled"]
    )
    assert.sameMembers(
      (await models.list()).map(({ id }) => id),
      ["b", "d", "f"]
    )
  })

  it("spare the files of another attempt when one fails", async () => {
    using folder = freshFolder()
    const source = join(bench.path, "package")
    const [good, bad] = await Promise.allSettled([
      open(folder.path).add(source, { id: "good" }),
      open(folder.path).add(join(bench.path, "nothing-there"), { id: "bad" })
    ])
    assert.deepStrictEqual([good.status, bad.status], ["fulfilled", "rejected"])
    assert.strictEqual((await open(folder.path).check("good")).id, "good")
  })
})

describe("a TensorFlow.js graph", () => {
  const manifest = { type: "visual-classifier", runtime: "onnx", labels: ["red", "blue"] } as const

  it("is converted when it is added, and answers", { timeout: 120_000 }, async () => {
    putTfjs(join(bench.path, "tfjs"), colourScores)
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
    const models = open(local.directory)
    const added = await models.add(join(bench.path, "tfjs"), { id: "tf", manifest })
    assert.sameMembers(Object.keys(added.files), ["manifest.json", "model.onnx"])
    assert.deepStrictEqual(await models.info("tf"), added)
    const red = await sharp({ create: { width: 20, height: 20, channels: 3, background: "#f00" } })
      .png()
      .toBuffer()
    const inputs = [{ data: { image: { base64: red.toString("base64") } } }]
    const { body } = await ask(local.fetch, "POST /v2/models/tf/outputs", { inputs })
    const [best] = body.outputs[0].data.concepts
    assert.deepStrictEqual([best.name, best.value > 0.999], ["red", true])
  })

  it("that cannot be converted is named, and the folder is as it was", async () => {
    putTfjs(join(bench.path, "loop"), { ...colourScores, operations: [{ name: "x", op: "Enter", input: ["image"] }] })
    using folder = freshFolder()
    const error = await failure(open(folder.path).add(join(bench.path, "loop"), { manifest }))
    assert.deepStrictEqual([error.reason, snapshot(join(folder.path, "models"))], ["source", ["nothing"]])
    assert.include(error.message, "its operation Enter (x) cannot be converted to ONNX")
  })
})

describe("a model of this machine", () => {
  it("is added from one graph with a manifest", async () => {
    using folder = freshFolder()
    const manifest = { type: "visual-classifier", runtime: "onnx" } as const
    const graph = join(bench.path, "package", "model.onnx")
    const added = await open(folder.path).add(graph, { manifest })
    assert.deepStrictEqual([added.id, Object.keys(added.files).toSorted()], ["model", ["manifest.json", "model.onnx"]])
  })

  it("is added from a folder, and never twice under one name", async () => {
    using folder = freshFolder()
    const models = open(folder.path)
    const added = await models.add(join(bench.path, "package"), { id: "mine" })
    assert.strictEqual(added.id, "mine")
    assert.strictEqual((await failure(models.add(join(bench.path, "reds.tgz"), { id: "mine" }))).reason, "exists")
  })

  it("with a name that leads elsewhere is refused", async () => {
    using folder = freshFolder()
    const models = open(folder.path)
    for (const id of ["..", "../x", "a/../../x", "a..b", ".hidden", "x/", "", "a".repeat(65), "C:\\x"])
      assert.strictEqual((await failure(models.add(join(bench.path, "package"), { id }))).reason, "name", id)
    for (const source of ["hub:../x@1", "hub:a/..", "@a/../b", "a b"])
      assert.strictEqual((await failure(models.add(source))).reason, "source", source)
    assert.deepStrictEqual(snapshot(folder.path), [])
  })
})
