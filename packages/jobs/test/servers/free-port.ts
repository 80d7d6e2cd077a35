// Real servers for tests, on 127.0.0.1, in folders of their own. This file: a port for one of them.
import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"

/** A port of 127.0.0.1 that nothing listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // of a TCP server
  server.close()
  await once(server, "close")
  return port
}
