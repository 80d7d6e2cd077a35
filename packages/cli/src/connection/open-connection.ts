/** Opens the connection that the options choose. Loads only the package that it needs. */
import { join, resolve } from "node:path"
import type { Connection } from "@sightline/core"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Io } from "../terminal/io.ts"
import { cloudAddress, readCredential } from "./credentials.ts"
import { engineFolderName, findEngineFolder, isFolder } from "./find-engine-folder.ts"
import type { ServiceOptions } from "./service-options.ts"

/** What a command does with the engine. */
export interface Use {
  /** True for commands that change nothing: they run beside a process that owns the folder. */
  readonly readOnly: boolean
  /** True for commands that create the folder if there is none. */
  readonly creates: boolean
}

const firstSet = (io: Io, names: ReadonlyArray<string>): string | undefined =>
  names.map((name) => io.env[name]?.trim()).find((value) => value !== undefined && value !== "")

/** The service's address, if the options choose one. */
export const addressOf = (io: Io, { cloud = false, engine, url }: ServiceOptions): string | undefined => {
  if ([cloud, engine !== undefined, url !== undefined].filter(Boolean).length > 1)
    throw new CommandError("--engine, --cloud and --url exclude each other; give one of them")
  if (url !== undefined) return url
  return cloud ? (firstSet(io, ["CLARIFAI_API_BASE"]) ?? cloudAddress) : undefined
}

/** The engine's folder. */
export const engineFolder = (io: Io, { engine }: ServiceOptions, creates: boolean): string => {
  if (engine !== undefined) {
    const folder = resolve(io.cwd, engine)
    if (creates || isFolder(folder)) return folder
    throw new CommandError(`there is no engine folder ${engine}; name another one with --engine`, exitCode.access)
  }
  const found = findEngineFolder(io.cwd)
  if (found !== undefined) return found
  if (creates) return join(io.cwd, engineFolderName)
  throw new CommandError(
    `there is no engine folder ${engineFolderName} here or above; train a model to create one, name one with --engine, or use --cloud`,
    exitCode.access
  )
}

const openService = async (io: Io, address: string, { app, user }: ServiceOptions): Promise<Connection> => {
  const { clarifai } = await import("@sightline/core")
  // Keys of the environment win over the stored one.
  const pat = firstSet(io, ["CLARIFAI_PAT"])
  const apiKey = firstSet(io, ["CLARIFAI_API_KEY"])
  const sessionToken = firstSet(io, ["CLARIFAI_SESSION_TOKEN"])
  const isInEnvironment = pat !== undefined || apiKey !== undefined || sessionToken !== undefined
  const stored = isInEnvironment ? undefined : await readCredential(io, address)
  const userId = user ?? firstSet(io, ["CLARIFAI_USER_ID"]) ?? stored?.userId
  const appId = app ?? firstSet(io, ["CLARIFAI_APP_ID"]) ?? stored?.appId
  return clarifai({
    baseUrl: address,
    ...(pat === undefined ? {} : { pat }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(stored === undefined ? {} : { pat: stored.pat }),
    ...(userId === undefined ? {} : { userId }),
    ...(appId === undefined ? {} : { appId })
  })
}

/** The engine's image encoder, if the options name one. */
export const embedderOption = ({ embedder }: Pick<ServiceOptions, "embedder">) => {
  if (embedder === undefined) return {}
  if (/^\w[\w.-]*$/.test(embedder)) return { embedder }
  throw new CommandError(
    `--embedder ${embedder} is no name of a model; give accurate, fast or the name of an added model`
  )
}

/** Opens the connection that the options choose. */
export const openConnection = async (io: Io, options: ServiceOptions, use: Use): Promise<Connection> => {
  const address = addressOf(io, options)
  if (address !== undefined) return await openService(io, address, options)
  const directory = engineFolder(io, options, use.creates)
  const { engine } = await import("@sightline/engine")
  const { app, user } = options
  const open = (readOnly: boolean) =>
    engine({
      directory,
      ...embedderOption(options),
      ...(readOnly ? { readOnly } : {}),
      ...(user === undefined ? {} : { userId: user }),
      ...(app === undefined ? {} : { appId: app })
    })
  if (!use.readOnly) return open(false)
  const readOnly = open(true)
  try {
    await readOnly.fetch(`${readOnly.baseUrl}/v2/status_codes/10000`)
    return readOnly
  } catch {
    // A folder of an older version, or a new one, has to be brought up to date first. Other problems appear again.
    await readOnly[Symbol.asyncDispose]()
    return open(false)
  }
}
