/** An app with the resources of its service. */
import { sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import type { Io } from "../terminal/io.ts"
import { openConnection } from "./open-connection.ts"
import type { ServiceOptions } from "./service-options.ts"

/** Opens an app with resources. `readOnly`: nothing is changed, so that the command runs beside another process. */
export const openResources = async (io: Io, options: ServiceOptions, readOnly: boolean) =>
  sightline(await openConnection(io, options, { readOnly, creates: !readOnly })).use(resources())
