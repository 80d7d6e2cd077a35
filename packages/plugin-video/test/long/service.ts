// A service in a process of its own: answers each video with its seconds, as its header tells them, and each image.
// Prints its port.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const ok = { code: 10000, description: "Ok" }
const concepts = [{ id: "x", name: "x", value: 0.5 }]

/** Milliseconds in the movie header of the file whose base64 begins in this text. */
const lengthMs = (text: string, at: number): number => {
  const bytes = Buffer.from(text.slice(at, at + 4096), "base64")
  const header = bytes.indexOf("mvhd")
  if (header === -1) throw new Error("the video does not begin with its header")
  return (bytes.readUInt32BE(header + 20) / bytes.readUInt32BE(header + 16)) * 1000
}

const server = createServer((request, response) => {
  const mark = '"video":{"base64":"'
  let head = ""
  let images = 0
  request.on("data", (chunk: Buffer) => {
    const text = chunk.toString("latin1")
    if (head.length < 8192) head += text
    images += text.split('"image"').length - 1
  })
  request.on("end", () => {
    const at = head.indexOf(mark)
    const seconds = at === -1 ? 0 : Math.ceil(lengthMs(head, at + mark.length) / 1000)
    const frames = Array.from({ length: seconds }, (_, index) => ({
      frame_info: { index, time: index * 1000 },
      data: { concepts }
    }))
    const outputs =
      at === -1
        ? Array.from({ length: images }, () => ({ status: ok, data: { concepts } }))
        : [{ status: ok, data: { frames } }]
    response.end(JSON.stringify({ status: ok, outputs }))
  })
})
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port)) // a TCP server has one
