/** Where the jobs of a command are: one file, or BullMQ with a ledger. */
import { resolve } from "node:path"
import { type Executor, sqlite } from "@sightline/jobs"
import { CommandError } from "../command-line/command-error.ts"
import type { Io } from "../terminal/io.ts"

/** The options that say where. */
export interface JobStoreOptions {
  readonly store: string
  readonly queue?: string
  readonly ledger?: string
}

/** The options, where they are not given, from the environment: an address may hold a password. */
const placesOf = (
  { env }: Io,
  { ledger = env["SIGHTLINE_LEDGER"], queue = env["SIGHTLINE_QUEUE"] }: JobStoreOptions
) => ({
  ledger,
  queue
})

/** Opens it. Throws `CommandError` for an address that no queue has. */
export const openStore = async (io: Io, options: JobStoreOptions): Promise<Executor> => {
  const file = resolve(io.cwd, options.store)
  const { ledger, queue } = placesOf(io, options)
  if (queue === undefined) {
    if (ledger !== undefined) throw new CommandError("a ledger is given without a queue; add --queue")
    return sqlite({ file })
  }
  const { bullmq } = await import("@sightline/jobs/bullmq")
  const given = ledger === undefined ? undefined : { url: ledger }
  switch (URL.canParse(queue) ? new URL(queue).protocol : undefined) {
    case "redis:":
    case "rediss:":
      return bullmq({ backend: "redis", connection: queue, ledger: given ?? { file } })
    case "postgres:":
    case "postgresql:":
      return bullmq({ backend: "postgres", connection: queue, ...(given === undefined ? {} : { ledger: given }) })
    default:
      throw new CommandError("--queue must be an address that starts with redis:, rediss: or postgres:")
  }
}
