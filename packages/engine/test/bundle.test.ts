/** An application that bundles the engine with esbuild, where the optional packages are not installed. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"

const folder = mkdtempSync(join(tmpdir(), "sightline-bundle-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = `
import { engine } from "${join(import.meta.dirname, "../src/index.ts")}"
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgBQAABwAGLUUYBwAAAABJRU5ErkJggg=="
const main = async () => {
  const local = engine({ directory: process.argv[2], embedder: "fast", workers: 1 })
  const ask = async (method, path, body) =>
    (await local.fetch(path, { method, ...(body && { body: JSON.stringify(body) }) })).json()
  const added = await ask("POST", "/v2/inputs", { inputs: [{ id: "a", data: { image: { base64: pixel } } }] })
  let input
  for (let n = 0; n < 200 && ![30000, 98004, 30002].includes(input?.status.code); n++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    input = (await ask("GET", "/v2/inputs/a")).input
  }
  console.log(JSON.stringify({ added: added.status.code, status: input.status }))
  await local[Symbol.asyncDispose]()
}
main()
`

describe.each(["esm", "cjs"] as const)("a bundle of the engine for Node (%s)", (format) => {
  it("is made without optional packages, runs, and says which file is missing", { timeout: 120_000 }, async () => {
    const entry = join(folder, "main.ts")
    writeFileSync(entry, program)
    const outfile = join(folder, `main.${format === "esm" ? "mjs" : "cjs"}`)
    // Optional packages are not found from here, as in an application without them; a literal import of one would fail.
    const optional = ["onnxruntime-node", "@huggingface/transformers", "@sightline/plugin-video"]
    const bundled = await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      format,
      logLevel: "silent",
      external: ["@grpc/grpc-js", "undici"],
      banner: {
        js:
          format === "esm"
            ? `import { createRequire as r } from "node:module"; const require = r(import.meta.url);`
            : ""
      },
      plugins: [
        {
          name: "no optional packages",
          setup: (build) => {
            build.onResolve({ filter: new RegExp(`^(${optional.join("|")})$`) }, ({ path }) => ({
              errors: [{ text: `${path} is not installed` }]
            }))
          }
        }
      ]
    })
    assert.deepStrictEqual(bundled.errors, [])
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ["--no-warnings", outfile, join(folder, format)], {
      env: { ...process.env, NODE_PATH: join(import.meta.dirname, "../../core/node_modules") }
    })
    const { added, status } = JSON.parse(stdout)
    assert.strictEqual(added, 10000)
    assert.strictEqual(status.code, 98004)
    assert.match(
      status.details,
      /decoder cannot be started: the program .* is not there; a bundler must leave this package external/
    )
  })
})
