import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import type { Output } from "../../src/terminal/io.ts"
import { hasColor, isInteractive } from "../../src/terminal/io.ts"
import { makeProgressBar, progressLine } from "../../src/terminal/progress-bar.ts"
import { textWidth } from "../../src/terminal/table.ts"

/** A terminal that records what is written. */
const makeTerminal = (columns: number) => {
  const written: Array<string> = []
  const emitter = new EventEmitter()
  const terminal = Object.assign(emitter, { columns, isTTY: true, write: (text: string) => written.push(text) })
  return { terminal: terminal as unknown as Output & { columns: number }, written, emitter }
}

/** What the line of a terminal shows after some text. */
const shown = (written: ReadonlyArray<string>): string =>
  written.join("").split("\r").at(-1)?.replace("\u001b[2K", "") ?? ""

describe("a progress line", () => {
  it("shows a bar, counts, speed and the time left", () => {
    expect(progressLine({ done: 250, failed: 3, total: 1000 }, 10_000, 100)).toBe(
      "[######..................]  250/1000  3 failed  25/s  30 s left"
    )
    expect(progressLine({ done: 7, failed: 0, total: undefined }, 2000, 100)).toBe("7  3.5/s")
    expect(progressLine({ done: 0, failed: 0, total: 10 }, 100, 100)).toBe("[........................]  0/10")
    expect(progressLine({ done: 10, failed: 0, total: 10 }, 1000, 100)).toBe("[########################]  10/10  10/s")
  })

  it("fits any width", () => {
    for (let width = 1; width < 90; width++)
      expect(textWidth(progressLine({ done: 123, failed: 4, total: 4567 }, 60_000, width))).toBeLessThanOrEqual(width)
  })
})

describe("a progress bar", () => {
  it("is drawn at most ten times a second, and at the end", () => {
    const { terminal, written } = makeTerminal(80)
    let time = 0
    const bar = makeProgressBar(terminal, () => time)
    for (let done = 0; done <= 1000; done++) {
      bar.update({ done, failed: 0, total: 1000 })
      time++
    }
    expect(written.length).toBeLessThan(14)
    expect(shown(written)).toContain("1000/1000")
  })

  it("is removed for other text, and drawn again after it", () => {
    const { terminal, written } = makeTerminal(80)
    const bar = makeProgressBar(terminal, () => 0)
    bar.clear()
    expect(written).toEqual([])
    bar.update({ done: 1, failed: 0, total: 2 })
    bar.clear()
    expect(shown(written)).toBe("")
    bar.update({ done: 1, failed: 0, total: 2 })
    expect(shown(written)).toContain("1/2")
  })

  it("follows the width of the terminal", () => {
    const { emitter, terminal, written } = makeTerminal(80)
    const bar = makeProgressBar(terminal, () => 0)
    bar.update({ done: 1, failed: 0, total: 2 })
    terminal.columns = 12
    emitter.emit("resize")
    expect(textWidth(shown(written))).toBeLessThan(12)
    bar.clear()
    const before = written.length
    emitter.emit("resize")
    expect(written).toHaveLength(before)
  })
})

describe("a terminal", () => {
  const terminal = makeTerminal(80).terminal
  it("has colours unless NO_COLOR is set, and a bar unless CI is set", () => {
    expect(hasColor({ env: {} }, terminal)).toBe(true)
    expect(hasColor({ env: { NO_COLOR: "" } }, terminal)).toBe(true)
    expect(hasColor({ env: { NO_COLOR: "1" } }, terminal)).toBe(false)
    expect(hasColor({ env: { TERM: "dumb" } }, terminal)).toBe(false)
    expect(isInteractive({ env: {} }, terminal)).toBe(true)
    expect(isInteractive({ env: { CI: "true" } }, terminal)).toBe(false)
    expect(isInteractive({ env: {} }, Object.assign(makeTerminal(80).terminal, { isTTY: false }))).toBe(false)
  })
})
