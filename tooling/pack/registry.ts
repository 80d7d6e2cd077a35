/** A registry of npm on the loopback that serves the tarballs: package managers install them as they would from npm's. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { basename } from "node:path"
import { runCommand } from "../run-command.ts"
import type { Tarball } from "./tarballs.ts"

/** A registry that serves one scope, `@sightline`. */
export interface Registry {
  /** The address to give to package managers, with a slash at its end. */
  readonly url: string
  readonly close: () => Promise<void>
}

/** The manifest of a tarball, as it was packed. */
const manifestIn = async (path: string): Promise<{ readonly version: string }> => {
  const { code, output, stdout } = await runCommand("tar", ["-xzOf", path, "package/package.json"])
  if (code !== 0) throw new Error(`tar of ${path} ended with ${code}: ${output.slice(-500)}`)
  // JSON of our own, checked by pnpm and publint
  return JSON.parse(stdout) as { readonly version: string }
}

/** What a registry says of one package that has one version. */
const packumentOf = async ({ name, path }: Tarball, url: string): Promise<string> => {
  const bytes = readFileSync(path)
  const manifest = await manifestIn(path)
  const { version } = manifest
  // the hash is in the address, since some managers cache by address and a version is packed many times
  const sha1 = createHash("sha1").update(bytes).digest("hex")
  const dist = {
    tarball: `${url}${name}/-/${sha1}/${basename(path)}`,
    shasum: sha1,
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`
  }
  return JSON.stringify({
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist } },
    // old enough for managers that wait before they install what is new
    time: { created: "2020-01-01T00:00:00.000Z", [version]: "2020-01-01T00:00:00.000Z" }
  })
}

/** Serves the tarballs until closed. */
export const serveRegistry = async (tarballs: ReadonlyArray<Tarball>): Promise<Registry> => {
  const packuments = new Map<string, string>()
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://registry").pathname).slice(1)
    const packument = packuments.get(path)
    const tarball = tarballs.find(
      ({ name, path: file }) => path.startsWith(`${name}/-/`) && path.endsWith(basename(file))
    )
    if (packument !== undefined) response.writeHead(200, { "content-type": "application/json" }).end(packument)
    else if (tarball !== undefined) response.writeHead(200).end(readFileSync(tarball.path))
    else response.writeHead(404).end("{}")
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`
  for (const tarball of tarballs) packuments.set(tarball.name, await packumentOf(tarball, url))
  return {
    url,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}
