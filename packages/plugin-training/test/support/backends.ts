/** The services that the same tests run against: a fake one in this process, a fake one on a socket, and the engine. */
import { join } from "node:path"
import { type Connection, sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { training, type TrainingEvent } from "../../src/index.ts"
import { temporaryFolder } from "./images.ts"
import { makeFakeService, connectDirectly, connectBySocket } from "./fake-service.ts"

interface Opened extends AsyncDisposable {
  readonly connection: Connection
  /** A temporary folder. */
  readonly folder: string
}

const withFolder = async (
  open: (folder: string) => Promise<Connection | { connection: Connection; close: () => Promise<void> }>
) => {
  const folder = temporaryFolder()
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

/** Each opens an empty service. */
export const backends: ReadonlyArray<{ readonly name: string; readonly open: () => Promise<Opened> }> = [
  { name: "a function", open: () => withFolder(() => Promise.resolve(connectDirectly(makeFakeService()))) },
  { name: "a socket", open: () => withFolder(() => connectBySocket(makeFakeService())) },
  {
    name: "the engine",
    open: () =>
      withFolder((folder) =>
        Promise.resolve(engine({ directory: join(folder, "engine"), embedder: "fast", workers: 1 }))
      )
  }
]

/** An app over a service, with its journal in the folder. */
export const appOf = ({ connection, folder }: Pick<Opened, "connection" | "folder">) =>
  sightline(connection)
    .use(resources())
    .use(training({ journal: join(folder, "journal") }))

/** The states of events, without repetitions. */
export const statesOf = (events: ReadonlyArray<TrainingEvent>): ReadonlyArray<string> =>
  events.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1])
