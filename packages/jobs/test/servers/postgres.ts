// A Postgres server for tests.
import { execFileSync } from "node:child_process"
import { chownSync } from "node:fs"
import { join } from "node:path"
import { dataFolder, installed, type Server, startServer, subfolders } from "./server.ts"
import { freePort } from "./free-port.ts"

const folders = subfolders("/usr/lib/postgresql").map((folder) => join(folder, "bin"))
const server = installed("postgres", folders)
const initdb = installed("initdb", folders)

const idOf = (option: "-u" | "-g") => Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }))

/** Postgres does not run as root. */
const findUser = () => {
  if (process.getuid?.() !== 0) return { user: undefined, isUsable: true }
  try {
    return { user: { uid: idOf("-u"), gid: idOf("-g") }, isUsable: true }
  } catch {
    return { user: undefined, isUsable: false }
  }
}
const { isUsable, user } = findUser()

/** True where Postgres is installed and can be run. */
export const hasPostgres = server !== undefined && initdb !== undefined && isUsable

/** A Postgres server. */
export interface PostgresServer extends Server {
  /** The address of an empty schema. */
  readonly emptySchema: () => string
}

/** Schemas that are created at the start: one for each is faster than one database for each. */
const schemas = 32

const psql = installed("psql", folders) ?? "psql"

/** Starts Postgres. `flushes`: it flushes each commit to the disk, as a server that is in use does. */
export const startPostgres = async ({ flushes = false } = {}): Promise<PostgresServer> => {
  if (server === undefined || initdb === undefined) throw new Error("postgres is not installed")
  const port = await freePort()
  const folder = dataFolder("postgres")
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, "data")
  const options = ["-D", data, "-U", "sightline", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
  execFileSync(initdb, options, { stdio: "ignore", cwd: folder, ...user })
  const address = (database: string) => `postgres://sightline@127.0.0.1:${port}/${database}`
  const run = (sql: string) =>
    execFileSync(psql, ["-q", "-c", sql, address("postgres")], { stdio: "ignore", timeout: 30_000 })
  // a process that is killed loses nothing without fsync; the machine is not
  const settings = [
    `fsync=${flushes ? "on" : "off"}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "logging_collector=off"
  ]
  const started = await startServer(
    {
      file: server,
      args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      ...(user === undefined ? {} : { user }),
      port,
      url: address("postgres"),
      endSignal: "SIGINT",
      folder
    },
    async () => {
      try {
        run("SELECT 1")
        return true
      } catch {
        return false
      }
    }
  )
  run(Array.from({ length: schemas }, (_, i) => `CREATE SCHEMA empty_${i};`).join(" "))
  let used = 0
  return {
    ...started,
    emptySchema: () => {
      if (used === schemas) throw new Error(`a test server has ${schemas} schemas; none is left`)
      return `${started.url}?options=${encodeURIComponent(`-c search_path=empty_${used++}`)}`
    }
  }
}
