/**
 * HTTP and gRPC on one port. A plaintext connection that begins with the preface of HTTP/2 is gRPC's; over TLS the client says
 * in the handshake which it speaks (ALPN). The HTTP server stays the one that listens, so that its limits hold for both.
 */
import type { Server } from "node:http"
import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

/** True for the preface, false for anything else, undefined while it may still become the preface. */
const isPreface = (bytes: Buffer): boolean | undefined => {
  const length = Math.min(bytes.length, preface.length)
  if (preface.compare(bytes, 0, length, 0, length) !== 0) return false
  return length === preface.length ? true : undefined
}

/**
 * Passes each connection of `server` that speaks HTTP/2 to `accept`, and the others to the server itself. One that does not say
 * which it speaks within `timeoutMs` is destroyed. Returns a function that destroys those that have not said it yet.
 */
export const sharePort = (server: Server, accept: (socket: Socket) => void, timeoutMs: number): (() => void) => {
  const event = server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection"
  const undecided = new Set<Socket>()
  const toHttp = server.listeners(event)
  server.removeAllListeners(event)
  const decide = (socket: Socket, isHttp2: boolean): void => {
    if (isHttp2) accept(socket)
    else for (const listener of toHttp) Reflect.apply(listener, server, [socket])
  }
  server.on(event, (socket: Socket) => {
    if (socket instanceof TLSSocket) return decide(socket, socket.alpnProtocol === "h2")
    let head = Buffer.alloc(0)
    const destroy = (): void => void socket.destroy()
    const timer = setTimeout(destroy, timeoutMs)
    const leave = (): void => {
      clearTimeout(timer)
      undecided.delete(socket)
      socket.off("readable", look).off("end", destroy).off("error", leave).off("close", leave)
    }
    const look = (): void => {
      const bytes: Buffer | null = socket.read()
      if (bytes === null) return
      head = Buffer.concat([head, bytes])
      const isHttp2 = isPreface(head)
      if (isHttp2 === undefined) return
      leave()
      socket.unshift(head)
      decide(socket, isHttp2)
    }
    undecided.add(socket)
    socket.on("readable", look).on("end", destroy).on("error", leave).on("close", leave)
  })
  return () => {
    for (const socket of undecided) socket.destroy()
  }
}
