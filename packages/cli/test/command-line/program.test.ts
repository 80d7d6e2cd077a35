/** The program as a whole: help, unknown words, keys on the command line, exit codes. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { commandTable } from "../../src/command-table.ts"
import { exitCode } from "../../src/command-line/exit-code.ts"
import { cli } from "../support/run-cli.ts"

const cwd = import.meta.dirname

describe("help", () => {
  it("lists every command, and exits with 0", async () => {
    for (const args of [["--help"], ["-h"], ["help"]]) {
      const { code, stderr, stdout } = await cli(args, { cwd })
      expect([code, stderr]).toEqual([0, ""])
      for (const { name, summary } of commandTable) expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"))
      expect(stdout).toContain("Examples:")
    }
  })

  it.each(commandTable.map(({ name }) => name))("of %s has a description and examples", async (name) => {
    for (const args of [
      [name, "--help"],
      ["help", name]
    ]) {
      const { code, stderr, stdout } = await cli(args, { cwd })
      expect([code, stderr]).toEqual([0, ""])
      expect(stdout).toMatch(new RegExp(`^Usage: sightline ${name} `))
      expect(stdout).toContain("Examples:")
    }
  })

  it("is printed on standard error without a command, with exit code 2", async () => {
    const { code, stderr, stdout } = await cli([], { cwd })
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toContain("Usage: sightline")
  })

  it("has a page that documents every command and exit code", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/cli.md"), "utf8")
    for (const { name } of commandTable) expect(page).toContain(`sightline ${name}`)
    for (const code of Object.values(exitCode)) expect(page).toMatch(new RegExp(`^\\| ${code} `, "m"))
  })

  it("contains the version", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
      readonly version: string
    }
    expect(await cli(["--version"], { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" })
  })
})

describe("words that are not known", () => {
  it.each([
    [["predct"], /^sightline: unknown command predct; did you mean predict\?; see sightline --help\n$/],
    [
      ["predict", "a.jpg", "--modle", "x"],
      /^sightline predict: unknown option --modle; did you mean --model\?; see sightline predict --help\n$/
    ],
    [["models", "lst"], /^sightline models: unknown command lst; did you mean list\?/],
    [["--frmat"], /^sightline: unknown option --frmat/],
    [["predict", "a.jpg", "--format", "xml"], /--format <format>: .*auto, human, json, csv/],
    [["predict", "a.jpg", "--top", "0"], /--top <n>: it must be a whole number from 1 to 200/],
    [["predict", "a.jpg", "--at-least", "2"], /--at-least <score>: it must be a number from 0 to 1/],
    [["predict", "a.jpg", "--every", "fast"], /--every <duration>: it must be a duration such as 500ms/],
    [["predict", "a.jpg", "--param", "x"], /--param <name=value>: it must be name=value/],
    [["predict", "a.jpg", "--concepts", "a,,b"], /--concepts <names>: it has an empty name/],
    [["predict", "a.jpg", "--model"], /option -m, --model <model> argument missing/],
    [["train", "pets"], /missing required argument examples/],
    [["serve", "--port", "99999"], /--port <n>: it must be a whole number from 0 to 65535/],
    [["completion", "tcsh"], /bash, zsh, fish/]
  ])("%j end with one line and exit code 2", async (args, line) => {
    const { code, stderr, stdout } = await cli(args, { cwd })
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd()).not.toContain("\n")
  })

  it("that may be keys are rejected and not repeated", async () => {
    for (const args of [
      ["predict", "a.jpg", "--pat=s3cret"],
      ["predict", "a.jpg", "--key", "s3cret"],
      ["predict", "a.jpg", "--api-key=s3cret"],
      ["login", "--token", "s3cret"]
    ]) {
      const { code, stderr } = await cli(args, { cwd })
      expect(code).toBe(2)
      expect(stderr).toMatch(/a key is not accepted on the command line.*sightline login/)
      expect(stderr).not.toContain("s3cret")
    }
  })
})

describe("a run that is stopped", () => {
  it("abandons a command that does not end on its own", async () => {
    const stop = new AbortController()
    const running = cli(["login"], { cwd, signal: stop.signal })
    stop.abort("SIGTERM")
    const { code, stderr } = await running
    expect([code, stderr]).toEqual([143, "sightline login: stopped\n"])
  })
})
