/** Use in a real terminal, by tmux: bar, table, resize, Ctrl-C and resume; and the same in a pipe, byte for byte. */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startCountingService } from "../support/counting-service.ts"
import { temporaryFolder } from "../support/folders.ts"
import { cli, main } from "../support/run-cli.ts"

const hasTmux = spawnSync("tmux", ["-V"]).status === 0
if (!hasTmux) console.log("skipped: tmux is not installed")

const files = 300
const bytesEach = 100_000
const env = { CLARIFAI_PAT: "key", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }

/** A tmux server of its own with one window. */
const openTerminal = (cwd: string, columns: number) => {
  const socket = `sightline-test-${process.pid}`
  const tmux = (...args: ReadonlyArray<string>) => {
    const { status, stderr, stdout } = spawnSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
      encoding: "utf8"
    })
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`)
    return stdout
  }
  const variables = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`])
  tmux(
    "new-session",
    "-d",
    "-s",
    "test",
    "-x",
    String(columns),
    "-y",
    "30",
    "-c",
    cwd,
    ...variables,
    "env -u CI -u NO_COLOR bash --norc --noprofile"
  )
  const screen = () => tmux("capture-pane", "-p", "-t", "test")
  const showsThat = async (what: string, holds: (shown: string) => boolean, timeoutMs = 60_000) => {
    const end = performance.now() + timeoutMs
    for (;;) {
      const shown = screen()
      if (holds(shown)) return shown
      if (performance.now() > end) throw new Error(`the terminal never showed ${what}:\n${shown}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return {
    type: (text: string) => tmux("send-keys", "-t", "test", text, "Enter"),
    press: (key: string) => tmux("send-keys", "-t", "test", key),
    resize: (width: number) => tmux("resize-window", "-t", "test", "-x", String(width), "-y", "30"),
    screen,
    shows: (pattern: RegExp) => showsThat(String(pattern), (shown) => pattern.test(shown)),
    showsThat,
    [Symbol.dispose]: () => void spawnSync("tmux", ["-L", socket, "kill-server"])
  }
}

describe.skipIf(!hasTmux)("in a terminal", () => {
  const place = temporaryFolder()
  let service: Awaited<ReturnType<typeof startCountingService>> | undefined
  let command = ""
  beforeAll(async () => {
    mkdirSync(join(place.path, "photos"))
    for (let i = 0; i < files; i++) {
      const content = Buffer.alloc(bytesEach, i % 251)
      content.write(`BM ${i}`)
      writeFileSync(join(place.path, "photos", `${String(i).padStart(4, "0")}.bmp`), content)
    }
    service = await startCountingService({ delayMs: 400 })
    const shim = place.write("sightline", `#!/bin/sh\nexec ${process.execPath} --no-warnings ${main} "$@"\n`)
    spawnSync("chmod", ["+x", shim])
    command = `./sightline predict photos -m pets --url ${service.url} --no-exif --concurrency 1`
  }, 60_000)
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]()
    place[Symbol.dispose]()
  })

  it("shows a table and a bar, follows the width, stops at Ctrl-C, and continues", { timeout: 240_000 }, async () => {
    using terminal = openTerminal(place.path, 100)
    terminal.type(`clear; ${command}; echo "code $?"`)
    // Rows above, and the bar below them on the last line.
    await terminal.shows(/photos\/0\d{3}\.bmp +[0-9a-f]{6} 50\.0 %\n[^]*\[#*\.+\] +\d+\/300/)
    terminal.resize(50)
    // A picture of the screen may fall between two writes of the command, so these wait for what must come.
    const narrow = await terminal.showsThat("one bar in 50 columns", (screen) => {
      const lines = screen.split("\n")
      const bars = lines.filter((line) => /^\[#*\.*\] +\d+\/300/.test(line))
      return bars.length === 1 && lines.filter((line) => /^\[#*\.*/.test(line)).length === 1
    })
    for (const line of narrow.split("\n")) expect(line.length).toBeLessThanOrEqual(50)
    terminal.resize(100)
    terminal.press("C-c")
    const stopped = await terminal.shows(/code \d+/)
    expect(stopped).toMatch(/stopped after \d+ inputs; to continue, repeat the command with/)
    expect(stopped).toContain("code 130")
    expect(stopped.split("\n").filter((line) => line.startsWith("[#"))).toEqual([])
    // Names and scores are colourless text: the whole screen has no escape sequence left.
    expect(stopped).not.toContain("\u001b")

    // Into a file: only the bar is on the terminal.
    terminal.type(`clear; ${command} > out.ndjson; echo "code $?"`)
    await terminal.shows(/\[#+\.*\] +\d+\/300/)
    terminal.press("C-c")
    await terminal.shows(/code 130/)
    const part = readFileSync(join(place.path, "out.ndjson"), "utf8").split("\n").length - 1
    expect(part).toBeGreaterThan(0)
    expect(part).toBeLessThan(files)
    terminal.type(`clear; ${command} --resume out.ndjson >> out.ndjson; echo "code $?"`)
    await terminal.shows(/code 0/)
    // The mistake that costs everything: ">" instead of ">>".
    terminal.type(`clear; cp out.ndjson copy.ndjson; ${command} --resume copy.ndjson > copy.ndjson; echo "end $?"`)
    expect(await terminal.shows(/end \d+/)).toMatch(/the shell has emptied it; write[^]*end 2/)

    const piped = await cli(["predict", "photos", "-m", "pets", "--url", service?.url ?? "", "--no-exif"], {
      cwd: place.path,
      env
    })
    expect(piped.code).toBe(0)
    expect(readFileSync(join(place.path, "out.ndjson"), "utf8")).toBe(piped.stdout)
  })

  it("asks for a key without showing it", { timeout: 60_000 }, async () => {
    using terminal = openTerminal(place.path, 100)
    terminal.type(`export HOME=${place.path}; clear; ./sightline login --url http://127.0.0.1:9; echo "code $?"`)
    await terminal.shows(/Key for http:\/\/127\.0\.0\.1:9:/)
    terminal.type("s3cret-key")
    const shown = await terminal.shows(/code \d+/)
    expect(shown).toContain("code 0")
    expect(shown).not.toContain("s3cret")
    expect(readFileSync(join(place.path, ".config", "sightline", "credentials.json"), "utf8")).toContain("s3cret-key")
  })
})
