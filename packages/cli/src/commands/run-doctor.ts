/** The checks of `sightline doctor`: versions, optional parts, the engine's folder, the key, and the connection. */
import { accessSync, constants, readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { oneLine } from "../command-line/command-error.ts"
import { packageVersion } from "../command-line/package-version.ts"
import type { Io } from "../terminal/io.ts"
import { credentialsFile, readCredential } from "../connection/credentials.ts"
import { findEngineFolder } from "../connection/find-engine-folder.ts"
import { addressOf, openConnection } from "../connection/open-connection.ts"
import type { ServiceOptions } from "../connection/service-options.ts"

/** The result of one check. */
export interface Finding {
  readonly check: string
  /** `note`: works, with something to know. `problem`: something does not work. */
  readonly state: "ok" | "note" | "problem"
  readonly found: string
  /** What to do. */
  readonly remedy?: string
}

const lowestNode = [22, 19] as const

const checkNode = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  const isOld = major < lowestNode[0] || (major === lowestNode[0] && minor < lowestNode[1])
  return isOld
    ? {
        check: "Node",
        state: "problem",
        found: process.versions.node,
        remedy: `install Node ${lowestNode.join(".")} or newer`
      }
    : { check: "Node", state: "ok", found: process.versions.node }
}

const require = createRequire(import.meta.url)

/** The version of an installed package; undefined if it is not installed. */
const installedVersion = (name: string): string | undefined => {
  for (const folder of require.resolve.paths(name) ?? [])
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8"))
      if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version)
    } catch {
      // not in this folder
    }
  return undefined
}

const optionalParts = [
  { name: "@sightline/plugin-video", purpose: "videos" },
  { name: "onnxruntime-node", purpose: "pretrained ONNX models of the engine" },
  { name: "@huggingface/transformers", purpose: "pretrained transformers.js models of the engine" }
]

const checkPackage = ({ name, purpose }: (typeof optionalParts)[number]): Finding => {
  const version = installedVersion(name)
  return version === undefined
    ? { check: name, state: "note", found: "not installed", remedy: `install it for ${purpose}` }
    : { check: name, state: "ok", found: version }
}

const checkSharp = async (): Promise<Finding> => {
  try {
    await import("@sightline/engine")
    return { check: "@sightline/engine", state: "ok", found: installedVersion("@sightline/engine") ?? "installed" }
  } catch (error) {
    return {
      check: "@sightline/engine",
      state: "problem",
      found: oneLine(String(error)),
      remedy: "install @sightline/cli again"
    }
  }
}

const checkFolder = (io: Io, { engine }: ServiceOptions): Finding => {
  const check = "engine folder"
  const folder = engine ?? findEngineFolder(io.cwd)
  if (folder === undefined)
    return {
      check,
      state: "note",
      found: "none here or above",
      remedy: 'create one with "sightline train", or use --cloud'
    }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { check, state: "problem", found: `${folder} is not a folder`, remedy: "name another one with --engine" }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK)
    return { check, state: "ok", found: folder }
  } catch {
    return { check, state: "problem", found: `${folder} cannot be written`, remedy: "change its permissions" }
  }
}

const keyVariables = ["CLARIFAI_PAT", "CLARIFAI_API_KEY", "CLARIFAI_SESSION_TOKEN"]

const checkKey = async (io: Io, address: string): Promise<Finding> => {
  const check = "key"
  const variable = keyVariables.find((name) => (io.env[name] ?? "").trim() !== "")
  if (variable !== undefined) return { check, state: "ok", found: `from ${variable}` }
  try {
    const stored = await readCredential(io, address)
    return stored === undefined
      ? { check, state: "note", found: `none for ${address}`, remedy: 'store one with "sightline login"' }
      : { check, state: "ok", found: `from ${credentialsFile(io)}` }
  } catch (error) {
    return { check, state: "problem", found: oneLine(error instanceof Error ? error.message : String(error)) }
  }
}

const callTimeoutMs = 10_000

/** Calls the service once. */
const checkCall = async (io: Io, options: ServiceOptions, target: string): Promise<Finding> => {
  const check = "connection"
  const began = performance.now()
  try {
    const [{ sightline }, { resources }] = await Promise.all([
      import("@sightline/core"),
      import("@sightline/core/resources")
    ])
    await using app = sightline(await openConnection(io, options, { readOnly: true, creates: false })).use(resources())
    const signal = AbortSignal.any([io.stop.drain, AbortSignal.timeout(callTimeoutMs)])
    let models = 0
    for await (const _ of app.resources.models.list({ pageSize: 1 }).each({ signal })) {
      models++
      break
    }
    const ms = Math.round(performance.now() - began)
    return { check, state: "ok", found: `${target} answers in ${ms} ms${models === 0 ? ", and has no model" : ""}` }
  } catch (error) {
    const message = oneLine(error instanceof Error ? error.message : String(error))
    return { check, state: "problem", found: `${target}: ${message}` }
  }
}

/** Runs all checks; those that need the network only if a service is chosen. */
export async function* examine(io: Io, options: ServiceOptions): AsyncGenerator<Finding> {
  yield { check: "@sightline/cli", state: "ok", found: packageVersion() }
  yield checkNode()
  yield await checkSharp()
  for (const part of optionalParts) yield checkPackage(part)
  const address = addressOf(io, options)
  if (address === undefined) {
    const folder = checkFolder(io, options)
    yield folder
    if (folder.state === "ok") yield await checkCall(io, options, folder.found)
    return
  }
  yield await checkKey(io, address)
  yield await checkCall(io, options, address)
}
