/** Files of a model hub, pinned to a commit, each compared with the hash that the hub states. */
import { copyFile, rename, rm } from "node:fs/promises"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { ModelSource } from "./catalogue-entry.ts"
import { download } from "./download.ts"
import type { FetchContext } from "./fetch-source.ts"
import { isInside, makePlace } from "./inner-path.ts"
import { fromHex } from "./integrity.ts"
import { notAdded } from "./model-not-added.ts"

/** What the hub answers about a repository at a revision, with `blobs=true`. Source: the hub's API, as its clients read it. */
const Repository = Schema.Struct({
  sha: Schema.String,
  siblings: Schema.Array(
    Schema.Struct({
      rfilename: Schema.String,
      size: Schema.optionalKey(Schema.Number),
      blobId: Schema.optionalKey(Schema.String),
      lfs: Schema.optionalKey(Schema.NullOr(Schema.Struct({ sha256: Schema.String })))
    })
  )
})

const decodeRepository = Schema.decodeUnknownResult(Repository)

const ask = async (url: string, { model, signal }: FetchContext): Promise<typeof Repository.Type> => {
  const { host } = new URL(url)
  const response = await fetch(url, signal === undefined ? {} : { signal }).catch(() => {
    if (signal?.aborted === true) throw signal.reason
    throw notAdded(model, "download", `${host} cannot be reached; check the connection, or add the model from a file`)
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok)
    throw notAdded(model, response.status >= 500 ? "download" : "source", `${host} answered HTTP ${response.status}`)
  const decoded = decodeRepository(body)
  if (Result.isFailure(decoded)) throw notAdded(model, "source", `${host} does not answer as a model hub`)
  return decoded.success
}

/** Files that transformers.js reads. Other forms of the weights are left out. */
const isNeeded = (path: string): boolean => /^(?:[\w.-]+\.(?:json|txt|model)|onnx\/model\.onnx(?:_data)?)$/.test(path)

/** Fetches files into the folder `target`. Resolves with the repository at the commit that they are of. */
export const fetchFromHub = async (
  { repository, revision }: Extract<ModelSource, { from: "hub" }>,
  target: string,
  context: FetchContext
): Promise<string> => {
  const { cache, files, hubUrl, model, onProgress, signal } = context
  if (hubUrl === undefined)
    throw notAdded(
      model,
      "source",
      "no hub is known; set HF_ENDPOINT to its address, or install @huggingface/transformers"
    )
  const base = hubUrl.replace(/\/$/, "")
  const { sha, siblings } = await ask(
    `${base}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`,
    context
  )
  const wanted =
    files ??
    Object.fromEntries(
      siblings.filter(({ rfilename }) => isNeeded(rfilename)).map(({ rfilename }) => [rfilename, rfilename])
    )
  const sizes = siblings
    .filter(({ rfilename }) => Object.values(wanted).includes(rfilename))
    .map(({ size = 0 }) => size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  for (const [name, path] of Object.entries(wanted)) {
    const found = siblings.find(({ rfilename }) => rfilename === path)
    if (found === undefined || !isInside(name))
      throw notAdded(model, "source", `${repository} has no file ${path} at ${revision}`)
    const { blobId, lfs, size } = found
    const sha256 = lfs?.sha256
    if (sha256 === undefined && (blobId === undefined || size === undefined))
      throw notAdded(model, "integrity", `the hub states no hash for ${path}, so it is not fetched`)
    const start = before
    const file = await download(
      {
        model,
        url: `${base}/${repository}/resolve/${sha}/${path}`,
        integrity: sha256 === undefined ? undefined : fromHex("sha256", sha256),
        gitHash:
          sha256 === undefined && blobId !== undefined && size !== undefined
            ? { integrity: fromHex("sha1", blobId), size }
            : undefined,
        signal,
        onProgress: (bytes) => onProgress?.(start + bytes, total)
      },
      cache
    )
    before += size ?? 0
    const to = await makePlace(target, name)
    await rename(file, to).catch((cause: unknown) => moveAcross(file, to, cause))
  }
  return `hub:${repository}@${sha}`
}

/** The cache may be on another file system. */
const moveAcross = async (file: string, to: string, cause: unknown): Promise<void> => {
  if (!(cause instanceof Error && "code" in cause && cause.code === "EXDEV")) throw cause
  await copyFile(file, to)
  await rm(file, { force: true })
}
