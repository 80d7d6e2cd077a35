// A Redis server for tests.
import { dataFolder, installed, type Server, startServer } from "./server.ts"
import { freePort } from "./free-port.ts"

const file = installed("redis-server")

/** True where Redis is installed. */
export const hasRedis = file !== undefined

/** Starts Redis. It keeps what it holds when it is restarted. */
export const startRedis = async (): Promise<Server> => {
  if (file === undefined) throw new Error("redis-server is not installed")
  const port = await freePort()
  const folder = dataFolder("redis")
  const settings = { port, bind: "127.0.0.1", dir: folder, appendonly: "yes", save: "", loglevel: "warning" }
  return startServer({
    file,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    port,
    url: `redis://127.0.0.1:${port}`,
    endSignal: "SIGTERM",
    folder
  })
}
