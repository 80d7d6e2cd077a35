/** The options that choose a service: the engine in a folder, the cloud, or an address. */
import type { Command } from "commander"

/** Options that choose a service. */
export interface ServiceOptions {
  readonly engine?: string
  readonly embedder?: string
  readonly cloud?: boolean
  readonly url?: string
  readonly user?: string
  readonly app?: string
}

/** Adds the options that choose a service. */
export const addServiceOptions = (command: Command): Command =>
  command
    .option("--engine <folder>", "use the engine in this folder; default: .sightline here or above")
    .option("--embedder <name>", "the image encoder of the engine: accurate, fast or an added model; default: accurate")
    .option("--cloud", "call the cloud service")
    .option("--url <address>", "call the service at this address")
    .option("--user <id>", "the user who owns the app; default: CLARIFAI_USER_ID")
    .option("--app <id>", "the app; default: CLARIFAI_APP_ID")
