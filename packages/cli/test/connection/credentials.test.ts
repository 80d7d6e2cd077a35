/** Keys: stored in a private file, never on the command line, never in output. */
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { credentialsFile, readCredential } from "../../src/connection/credentials.ts"
import { cli } from "../support/run-cli.ts"
import { drawImage, temporaryFolder } from "../support/folders.ts"

const key = "s3cret-key-0123456789"
const isWindows = process.platform === "win32"

/** A server that answers every call, and records the authorization header. */
const serveAny = async () => {
  const seen: Array<string | undefined> = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(200, { "content-type": "application/json" })
    response.end(JSON.stringify({ status: { code: 10000 }, models: [] }))
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo // TCP
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
  }
}

describe("a key", () => {
  it("is stored by login in a file of mode 0600, and sent to its service only", async () => {
    using at = temporaryFolder()
    await using server = await serveAny()
    await using other = await serveAny()
    const options = { cwd: at.path, env: {} }
    const login = await cli(["login", "--url", server.url, "--user", "me", "--app", "main"], {
      ...options,
      stdin: `${key}\n`
    })
    expect(login.code).toBe(0)
    expect(login.stdout + login.stderr).not.toContain(key)
    const file = credentialsFile({ env: {}, home: at.path })
    if (!isWindows) {
      expect((statSync(file).mode & 0o777).toString(8)).toBe("600")
      expect((statSync(dirname(file)).mode & 0o777).toString(8)).toBe("700")
    }
    expect(readdirSync(dirname(file))).toEqual(["credentials.json"])
    expect(await readCredential({ env: {}, home: at.path }, `${server.url}/v2`)).toEqual({
      pat: key,
      userId: "me",
      appId: "main"
    })
    expect((await cli(["models", "list", "--url", server.url], options)).code).toBe(0)
    await cli(["models", "list", "--url", other.url, "--user", "me", "--app", "main"], options)
    expect(server.seen).toEqual([`Key ${key}`])
    expect(other.seen).toEqual([undefined])
    expect((await cli(["login", "--remove", "--url", server.url], options)).code).toBe(0)
    expect(await readCredential({ env: {}, home: at.path }, server.url)).toBeUndefined()
  })

  it("of the environment wins over the stored one", async () => {
    using at = temporaryFolder()
    await using server = await serveAny()
    await cli(["login", "--url", server.url], { cwd: at.path, stdin: key })
    const env = { CLARIFAI_PAT: "from-environment", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }
    await cli(["models", "list", "--url", server.url], { cwd: at.path, env })
    expect(server.seen).toEqual(["Key from-environment"])
  })

  it.skipIf(isWindows)("is not read from a file that others can read", async () => {
    using at = temporaryFolder()
    await cli(["login"], { cwd: at.path, stdin: key })
    const file = credentialsFile({ env: {}, home: at.path })
    chmodSync(file, 0o644)
    const { code, stderr } = await cli(["models", "list", "--cloud"], { cwd: at.path })
    expect(code).toBe(5)
    expect(stderr).toMatch(/can be read by other users; run: chmod 600/)
  })

  it("that is empty or damaged is rejected with one line", async () => {
    using at = temporaryFolder()
    for (const [stdin, line] of [
      ["", /no key was given/],
      ["two words\n", /characters that no key has/],
      ["kéy\n", /characters that no key has/]
    ] as const) {
      const { code, stderr } = await cli(["login"], { cwd: at.path, stdin })
      expect(code).toBe(5)
      expect(stderr).toMatch(line)
    }
    await cli(["login"], { cwd: at.path, stdin: key })
    writeFileSync(credentialsFile({ env: {}, home: at.path }), "{")
    const { code, stderr } = await cli(["models", "list", "--cloud"], { cwd: at.path })
    expect([code, stderr]).toEqual([5, expect.stringMatching(/is damaged; delete it/)])
  })

  it("that is missing, or wrong, ends with one line and exit code 5", async () => {
    using at = temporaryFolder()
    at.write("a.bmp", drawImage("cat", 1))
    const none = await cli(["predict", "a.bmp", "-m", "general", "--cloud"], { cwd: at.path })
    expect([none.code, none.stdout]).toEqual([5, ""])
    expect(none.stderr).toMatch(/^sightline predict: [^\n]*\n$/)
    const server = createServer((_, response) => {
      response.writeHead(401, { "content-type": "application/json" })
      response.end(
        JSON.stringify({ status: { code: 11008, description: "Invalid key", details: `the key ${key} is not valid` } })
      )
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const { port } = server.address() as AddressInfo // TCP
    const env = { CLARIFAI_PAT: key, CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }
    const wrong = await cli(["predict", "a.bmp", "-m", "general", "--url", `http://127.0.0.1:${port}`, "--no-exif"], {
      cwd: at.path,
      env
    })
    server.close()
    expect([wrong.code, wrong.stdout]).toEqual([5, ""])
    expect(wrong.stderr).toMatch(/^sightline predict: [^\n]*credential was not accepted[^\n]*\n$/)
    expect(wrong.stderr).not.toContain(key)
  })
})

describe("the file of keys", () => {
  it("is in the folder for configuration", () => {
    expect(credentialsFile({ env: { XDG_CONFIG_HOME: "/c" }, home: "/h" })).toBe(
      join("/c", "sightline", "credentials.json")
    )
    expect(credentialsFile({ env: { APPDATA: "/a" }, home: "/h" })).toBe(join("/a", "sightline", "credentials.json"))
    expect(credentialsFile({ env: {}, home: "/h" })).toBe(join("/h", ".config", "sightline", "credentials.json"))
  })
})
