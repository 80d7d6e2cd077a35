/** Before every test file: a connection to anywhere but this machine throws, and so does the lookup of a name. */
import { Socket } from "node:net"

const local = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

interface Target {
  readonly host?: unknown
  readonly path?: unknown
}

/** The host of `connect(port, host)`, `connect({ port, host })` and of Node's own normalised `connect([options, callback])`. */
const hostOf = (args: ReadonlyArray<unknown>): string => {
  const [first, second] = args
  const target = Array.isArray(first) ? (first[0] as unknown) : first
  if (typeof target === "object" && target !== null) {
    const { host, path }: Target = target
    return path !== undefined && path !== null ? "localhost" : typeof host === "string" ? host : "localhost"
  }
  return typeof second === "string" ? second : "localhost"
}

/** Files that share a worker share its sockets too: one guard is enough. */
const guarded = Symbol.for("sightline.stay-here")
const connect = Reflect.get(Socket.prototype, "connect") as (...args: ReadonlyArray<unknown>) => Socket
if (!Reflect.has(Socket.prototype, guarded)) {
  Object.defineProperty(Socket.prototype, guarded, { value: true })
  Object.defineProperty(Socket.prototype, "connect", {
    configurable: true,
    writable: true,
    value(this: Socket, ...args: ReadonlyArray<unknown>) {
      const host = hostOf(args)
      if (!local.test(host)) throw new Error(`a test tried to connect to ${host}`)
      return Reflect.apply(connect, this, args)
    }
  })
}
