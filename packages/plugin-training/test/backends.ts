/** The services that the same tests run against: one behind a function, one on a socket, and the engine. */
import { join } from "node:path"
import { type Connection, sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { training, type TrainingEvent } from "../src/index.ts"
import { temporary } from "./pictures.ts"
import { makeService, overFunction, overSocket } from "./service.ts"

interface Opened extends AsyncDisposable {
  readonly connection: Connection
  /** A folder of the test's own. */
  readonly folder: string
}

const withFolder = async (
  open: (folder: string) => Promise<Connection | { connection: Connection; close: () => Promise<void> }>
) => {
  const folder = temporary()
  const opened = await open(folder.path)
  const connection = "connection" in opened ? opened.connection : opened
  const backend: Opened = {
    connection,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      await connection[Symbol.asyncDispose]()
      if ("close" in opened) await opened.close()
      folder[Symbol.dispose]()
    }
  }
  return backend
}

/** Each opens a service that is empty. */
export const backends: ReadonlyArray<{ readonly name: string; readonly open: () => Promise<Opened> }> = [
  { name: "a function", open: () => withFolder(() => Promise.resolve(overFunction(makeService()))) },
  { name: "a socket", open: () => withFolder(() => overSocket(makeService())) },
  {
    name: "the engine",
    open: () =>
      withFolder((folder) =>
        Promise.resolve(engine({ directory: join(folder, "engine"), embedder: "fast", workers: 1 }))
      )
  }
]

/** An app over a service, its journal in the folder. */
export const appOf = ({ connection, folder }: Pick<Opened, "connection" | "folder">) =>
  sightline(connection)
    .use(resources())
    .use(training({ journal: join(folder, "journal") }))

/** Which states events tell, each once where it repeats. */
export const statesOf = (events: ReadonlyArray<TrainingEvent>): ReadonlyArray<string> =>
  events.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1])
