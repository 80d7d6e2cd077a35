/** Hostile files against an engine: what each must come to, and what they may cost together. */
import { readdirSync, readFileSync } from "node:fs"
import { assert } from "@effect/vitest"
import { dataBytes, dataJson } from "@sightline/fixtures"
import type { FetchLike } from "../../../src/index.ts"
import { ask, type Reply } from "../../support/fresh-engine.ts"

/** One file of the set, and what is expected of it. */
export interface HostileFile {
  readonly name: string
  readonly expect: "error" | "decodes" | "either" | "bounded"
  readonly kind: "image" | "video" | "audio"
}

const kindOf = (name: string): HostileFile["kind"] =>
  name.startsWith("audio/") || /\.(wav|mp3|ogg|flac)$/.test(name)
    ? "audio"
    : /^(matroska)\//.test(name) || /\.(mp4|mov|mkv|webm|avi|3gp)$/.test(name)
      ? "video"
      : "image"

/** Every file of the set. */
export const hostileFiles = (): ReadonlyArray<HostileFile> => {
  const { files } = dataJson("hostile", "expected.json") as {
    readonly files: Readonly<Record<string, { readonly expect: HostileFile["expect"] }>>
  }
  return Object.entries(files).map(([name, { expect }]) => ({ name, expect, kind: kindOf(name) }))
}

/** How one file ended. */
export interface Settled {
  readonly file: HostileFile
  readonly code: number
  readonly details: string
  readonly tookMs: number
}

/** Predicts one file as its kind. Audio goes in as an input: there is no built-in model that hears. */
export const predictFile = async (fetch: FetchLike, file: HostileFile): Promise<Settled> => {
  const base64 = Buffer.from(dataBytes("hostile", file.name)).toString("base64")
  const started = performance.now()
  const inputs = [{ data: { [file.kind]: { base64 } } }]
  const path = file.kind === "audio" ? "POST /v2/inputs" : "POST /v2/models/stripes/outputs"
  const reply: Reply = await ask(fetch, path, { inputs })
  const { status } = (reply.body.outputs ?? reply.body.inputs)[0]
  return { file, code: status.code, details: status.details ?? "", tookMs: performance.now() - started }
}

const refusals = new Set([30002, 30100, 30101, 30104, 30105, 30300])

/** A result or a typed refusal, as the file's `expect` says. */
export const check = ({ code, details, file }: Settled): void => {
  const fine = code === 10000 || code === 30001
  assert.isTrue(fine || refusals.has(code), `${file.name}: ${code} ${details}`)
  if (file.kind !== "image") return
  if (file.expect === "error") assert.isFalse(fine, `${file.name} must be refused`)
  if (file.expect === "decodes") assert.isTrue(fine, `${file.name} must be read: ${code} ${details}`)
}

/** Resident memory of this process and everything below it, in bytes; Linux only. */
export const treeMemory = (): number => {
  const parents = new Map<number, number>()
  const memory = new Map<number, number>()
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8")
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      parents.set(Number(entry), Number(fields[1]))
      memory.set(Number(entry), Number(fields[21]) * 4096)
    } catch {
      // it ended while we looked
    }
  }
  const below = (pid: number): boolean =>
    pid === process.pid || (parents.has(pid) && pid > 1 && below(parents.get(pid) ?? 0))
  return [...memory].filter(([pid]) => below(pid)).reduce((sum, [, bytes]) => sum + bytes, 0)
}
