/** Writes typed handles of models into a file, as a whole and only when they change. */
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import type { Resources } from "@sightline/core/resources"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Io } from "../terminal/io.ts"
import { makeWriter } from "../terminal/line-writer.ts"
import { parseModel } from "./model-reference.ts"

const problems: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder does not exist",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full"
}

const unwritable = (path: string, cause: unknown): CommandError => {
  const code = String((cause as NodeJS.ErrnoException).code) // thrown by the file system
  return new CommandError(`${path} cannot be written: ${problems[code] ?? code}`, exitCode.input)
}

/** A file that is replaced as a whole. */
interface Target {
  /** Replaces the content; false if it is the same already. */
  readonly replace: (text: string) => Promise<boolean>
  readonly discard: () => Promise<void>
}

/** Opens a file for writing, so that one that cannot be written is known before any call is made. */
const openTarget = async (path: string, shown: string): Promise<Target> => {
  const status = await stat(path).catch(() => undefined)
  if (status?.isDirectory() === true)
    throw new CommandError(`${shown} cannot be written: it is a folder`, exitCode.input)
  const temporary = `${path}.${process.pid}.tmp`
  const discard = () => rm(temporary, { force: true })
  await writeFile(temporary, "", { flag: "wx" }).catch((cause: unknown) => {
    throw unwritable(shown, cause)
  })
  return {
    discard,
    replace: async (text) => {
      const before = await readFile(path, "utf8").catch(() => undefined)
      if (before === text) return false
      try {
        await writeFile(temporary, text)
        await rename(temporary, path)
        return true
      } catch (cause) {
        throw unwritable(shown, cause)
      }
    }
  }
}

/** A model as core's resources name it. */
const toName = (text: string) => {
  const { appId, id, userId, version } = parseModel(text)
  return {
    id,
    ...(userId === undefined || appId === undefined ? {} : { userId, appId }),
    ...(version === undefined ? {} : { versionId: version })
  }
}

/** What handles are written of, and where. */
export interface HandlesRequest {
  readonly io: Io
  /** Ids or pages; all models of the app if empty. */
  readonly models: ReadonlyArray<string>
  readonly out?: string
  readonly type?: string
  readonly name?: string
}

/** Writes handles. Resolves with a message, or undefined if they are on standard output. */
export const writeHandles = async (
  resources: Resources,
  { io, models, name, out, type }: HandlesRequest
): Promise<string | undefined> => {
  if (models.length > 0 && (type !== undefined || name !== undefined))
    throw new CommandError("--type and --name select from all models of an app; leave them out if models are named")
  const target = out === undefined ? undefined : await openTarget(resolve(io.cwd, out), out)
  try {
    const source = await resources.models
      .source({
        ...(models.length === 0 ? {} : { models: models.map(toName) }),
        ...(type === undefined ? {} : { modelType: type }),
        ...(name === undefined ? {} : { name })
      })
      .run({ signal: io.stop.drain })
    if (target === undefined) {
      await makeWriter(io.stdout)(source)
      return undefined
    }
    const count = source.split("\nexport const ").length - 1
    const isChanged = await target.replace(source)
    return `${count} ${count === 1 ? "model" : "models"} in ${out}${isChanged ? "" : ", unchanged"}`
  } finally {
    await target?.discard()
  }
}
