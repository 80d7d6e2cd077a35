/** Who can read an engine's folder, and what is not written there. */
import { execFile } from "node:child_process"
import { chmodSync, chownSync, cpSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { engine } from "../../src/index.ts"
import { isSignedUrl, urlKey, withoutSignature } from "../../src/store/signed-url.ts"
import { drawPicture } from "../support/draw-picture.ts"
import { addDrawn, ask, freshEngine, freshFolder, poll } from "../support/fresh-engine.ts"

const everything = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => ({
    path: join(entry.parentPath, entry.name),
    isFile: entry.isFile()
  }))

describe.skipIf(process.platform === "win32")("an engine's folder", () => {
  it("is readable by its user only, whatever the umask", async () => {
    using parent = freshFolder()
    const before = process.umask(0o000)
    try {
      const directory = join(parent.path, "state", "engine")
      await using local = engine({ directory, embedder: "fast", workers: 1 })
      await addDrawn(local.fetch, ["down"], 2)
      const names = everything(directory).map(({ path }) => path.slice(directory.length + 1))
      for (const name of ["engine.sqlite", "engine.sqlite-wal", "lock.sqlite", "owner.json", "generation"])
        assert.include(names, name)
      for (const { isFile, path } of everything(directory))
        assert.strictEqual(statSync(path).mode & 0o777, isFile ? 0o600 : 0o700, path)
      assert.strictEqual(statSync(directory).mode & 0o777, 0o700)
      assert.strictEqual(statSync(join(parent.path, "state")).mode & 0o777, 0o777) // a parent is the caller's
    } finally {
      process.umask(before)
    }
  })
})

const run = promisify(execFile)
const nobody = process.getuid?.() === 0 ? 65_534 : undefined

/** Takes away the right to write, from the folder and all that is in it. */
const freeze = (directory: string): void => {
  for (const { isFile, path } of [...everything(directory), { path: directory, isFile: false }]) {
    if (nobody !== undefined) chownSync(path, nobody, nobody)
    chmodSync(path, isFile ? 0o400 : 0o500)
  }
}
const thaw = (directory: string): void => {
  chmodSync(directory, 0o700)
  for (const { isFile, path } of everything(directory)) if (!isFile) chmodSync(path, 0o700)
}

describe.skipIf(process.getuid === undefined)("readOnly", () => {
  const read = async (directory: string): Promise<unknown> => {
    const program = join(import.meta.dirname, "read-only-program.ts")
    const args = ["--no-warnings", program, directory, ...(nobody === undefined ? [] : [String(nobody)])]
    return JSON.parse((await run(process.execPath, args)).stdout)
  }

  it("opens a folder that cannot be written", async () => {
    using folder = freshFolder()
    const directory = join(folder.path, "engine")
    {
      await using local = engine({ directory, embedder: "fast", workers: 1 })
      await addDrawn(local.fetch, ["down"], 2)
    }
    chmodSync(folder.path, 0o755)
    freeze(directory)
    assert.deepStrictEqual(await read(directory), { inputs: 2, media: 200, changed: 11007 })
    thaw(directory)
  })

  it("opens one whose last changes are still in the log, as after a kill", async () => {
    using folder = freshFolder()
    const [directory, copy] = [join(folder.path, "engine"), join(folder.path, "copy")]
    {
      await using local = engine({ directory, embedder: "fast", workers: 1 })
      await addDrawn(local.fetch, ["down"], 2)
      cpSync(directory, copy, { recursive: true })
    }
    rmSync(join(copy, "engine.sqlite-shm"))
    assert.isAbove(statSync(join(copy, "engine.sqlite-wal")).size, 0)
    chmodSync(folder.path, 0o755)
    freeze(copy)
    assert.deepStrictEqual(await read(copy), { inputs: 2, media: 200, changed: 11007 })
    thaw(copy)
  })
})

describe("a signed URL", () => {
  it.each([
    "https://b.s3.amazonaws.com/a.jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2Fx&X-Amz-Signature=abc",
    "https://storage.googleapis.com/b/a.jpg?X-Goog-Credential=x&X-Goog-Signature=abc",
    "https://storage.googleapis.com/b/a.jpg?GoogleAccessId=x&Expires=1&Signature=abc",
    "https://x.blob.core.windows.net/c/a.jpg?sv=2024-11-04&se=2026-01-01&sr=b&sp=r&sig=abc%3D",
    "https://d1.cloudfront.net/a.jpg?Expires=1&Signature=abc&Key-Pair-Id=K1",
    "https://oss.aliyuncs.com/a.jpg?OSSAccessKeyId=x&Expires=1&Signature=abc",
    "https://scontent.example/a.jpg?_nc_cat=1&oh=00_AfB&oe=66",
    "https://images.example/a.jpg?token=eyJhbGciOi",
    "https://images.example/a.jpg?api_key=1234",
    "https://images.example/a.jpg?key=AIzaSyD0123456789abcdef",
    "https://user:word@images.example/a.jpg"
  ])("%s is recognised, and is no longer signed without its signature", (url) => {
    assert.isTrue(isSignedUrl(url))
    assert.isFalse(isSignedUrl(withoutSignature(url)))
    assert.notMatch(withoutSignature(url), /abc|AKIA|eyJ|AIza|1234|00_AfB|word/)
  })
  it.each([
    "https://images.example/a.jpg",
    "https://images.example/a.jpg?width=200&id=17",
    "https://images.example/get?key=photos/2024/a.jpg",
    "https://images.example/get?code=17&sv=1",
    "not a url"
  ])("%s is not one", (url) => {
    assert.isFalse(isSignedUrl(url))
    assert.strictEqual(withoutSignature(url), url)
  })

  it("is downloaded at once and written nowhere, and its medium survives a restart", { timeout: 60_000 }, async () => {
    const picture = await drawPicture("down", 1)
    const server = createServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end(picture))
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve)
    })
    const { port } = server.address() as AddressInfo
    const secret = "5ecret5ignature5ecret"
    const url = `http://127.0.0.1:${port}/a.png?w=3&X-Amz-Signature=${secret}`
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1, allowUrls: [`127.0.0.1:${port}`] } as const
    {
      await using local = engine(options)
      const inputs = [{ id: "signed", data: { image: { url } } }]
      const added = await ask(local.fetch, "POST /v2/inputs", { inputs })
      assert.strictEqual(added.http, 200)
      assert.strictEqual(added.body.inputs[0].data.image.url, `http://127.0.0.1:${port}/a.png?w=3`)
      const again = await ask(local.fetch, "POST /v2/inputs", { inputs: [{ id: "twice", data: { image: { url } } }] })
      assert.strictEqual(again.body.status.code, 30100)
      for (const { isFile, path } of everything(folder.path))
        if (isFile) assert.isFalse(readFileSync(path).includes(secret), path)
    }
    server.close()
    server.closeAllConnections()
    await using next = engine(options)
    const done = await poll(
      () => ask(next.fetch, "GET /v2/inputs/signed"),
      ({ body }) => ![30001, 30003].includes(body.input.status.code)
    )
    assert.strictEqual(done.body.input.status.code, 30000)
  })

  it("that cannot be downloaded fails at once", async () => {
    await using local = freshEngine({ allowUrls: ["127.0.0.1:1"] })
    const inputs = [{ id: "x", data: { image: { url: "http://127.0.0.1:1/a.png?sig=abc" } } }]
    const { body, http } = await local.ask("POST /v2/inputs", { inputs })
    assert.deepStrictEqual([http, body.status.code], [400, 39996])
    assert.strictEqual((await local.ask("GET /v2/inputs/x")).http, 404)
  })

  it("is identified by a key that does not reveal it", () => {
    assert.match(urlKey("https://images.example/a.jpg?sig=abc"), /^[0-9a-f]{64}$/)
    assert.notStrictEqual(
      urlKey("https://images.example/a.jpg?sig=abc"),
      urlKey("https://images.example/a.jpg?sig=abd")
    )
  })
})
