import { createWriteStream, existsSync } from "node:fs"
import { PassThrough, Writable } from "node:stream"
import { describe, expect, it } from "vitest"
import { BrokenPipe, makeWriter, OutputFailed } from "../../src/terminal/line-writer.ts"

const failing = (code: string) =>
  new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code }))
  })

describe("a writer", () => {
  it("waits until the output has taken the text", async () => {
    const taken: Array<() => void> = []
    const slow = new Writable({ write: (_chunk, _encoding, done) => void taken.push(done) })
    const write = makeWriter(slow)
    let isDone = false
    const writing = write("text").then(() => (isDone = true))
    await new Promise(setImmediate)
    expect(isDone).toBe(false)
    for (const done of taken) done()
    await writing
    expect(isDone).toBe(true)
  })

  it("fails with BrokenPipe once the reader is gone, and for ever after", async () => {
    const write = makeWriter(failing("EPIPE"))
    await expect(write("a")).rejects.toBeInstanceOf(BrokenPipe)
    await expect(write("b")).rejects.toBeInstanceOf(BrokenPipe)
    const closed = new PassThrough()
    closed.destroy()
    await expect(makeWriter(closed)("a")).rejects.toBeInstanceOf(BrokenPipe)
  })

  it("fails with the reason if the disk is full", async () => {
    await expect(makeWriter(failing("ENOSPC"))("a")).rejects.toThrow(new OutputFailed("the disk is full"))
  })

  it.skipIf(!existsSync("/dev/full"))("fails with the reason on a real device that is full", async () => {
    await expect(makeWriter(createWriteStream("/dev/full"))("a")).rejects.toThrow(/the disk is full/)
  })
})
