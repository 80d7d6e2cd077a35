/** Completion in real shells; a shell that is not installed is skipped with a message. */
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { completionScript } from "../../src/command-line/completion-script.ts"
import { commandTable } from "../../src/command-table.ts"

const has = (shell: string): boolean => {
  const isThere = spawnSync(shell, ["-c", "exit 0"]).status === 0
  if (!isThere) console.log(`skipped: ${shell} is not installed`)
  return isThere
}

const completeInBash = (script: string, typed: ReadonlyArray<string>): ReadonlyArray<string> => {
  const words = typed.map((word) => `'${word}'`).join(" ")
  const program = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${typed.length - 1}; _sightline; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stderr, stdout } = spawnSync("bash", ["--norc", "-c", program], {
    encoding: "utf8",
    cwd: import.meta.dirname
  })
  expect([status, stderr]).toEqual([0, ""])
  return stdout.split("\n").filter((line) => line !== "")
}

const completeInFish = (script: string, typed: string): ReadonlyArray<string> => {
  const { status, stderr, stdout } = spawnSync("fish", ["--no-config", "-c", `${script}\ncomplete -C '${typed}'`], {
    encoding: "utf8",
    cwd: import.meta.dirname
  })
  expect([status, stderr]).toEqual([0, ""])
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t")[0] ?? "")
}

const names = commandTable.map(({ name }) => name)

describe.skipIf(!has("bash"))("completion in bash", () => {
  it("completes commands, sub-commands, options, their values, and files", async () => {
    const script = await completionScript("bash", commandTable)
    expect(completeInBash(script, ["sightline", ""])).toEqual(expect.arrayContaining([...names]))
    expect(completeInBash(script, ["sightline", "pre"])).toEqual(["predict"])
    expect(completeInBash(script, ["sightline", "models", ""])).toEqual(
      expect.arrayContaining(["list", "info", "check"])
    )
    expect(completeInBash(script, ["sightline", "predict", "--mod"])).toEqual(["--model"])
    expect(completeInBash(script, ["sightline", "predict", "a.jpg", "--format", ""])).toEqual([
      "auto",
      "human",
      "json",
      "csv"
    ])
    expect(completeInBash(script, ["sightline", "models", "list", "--format", "j"])).toEqual(["json"])
    expect(completeInBash(script, ["sightline", "completion", "z"])).toEqual(["zsh"])
    expect(completeInBash(script, ["sightline", "predict", "program.t"])).toEqual(["program.test.ts"])
  })
})

describe.skipIf(!has("zsh"))("completion in zsh", () => {
  it("is a valid script that defines a function for each command", async () => {
    const script = await completionScript("zsh", commandTable)
    const program = `compdef() { : }\n${script}\nfor name in ${names.map((name) => `_sightline_${name}`).join(" ")}; do (( $+functions[$name] )) || exit 3; done`
    const { status, stderr } = spawnSync("zsh", ["-f", "-c", program], { encoding: "utf8" })
    expect([status, stderr]).toEqual([0, ""])
  })
})

describe.skipIf(!has("fish"))("completion in fish", () => {
  it("completes commands, options and their values", async () => {
    const script = await completionScript("fish", commandTable)
    expect(completeInFish(script, "sightline ")).toEqual(expect.arrayContaining([...names]))
    expect(completeInFish(script, "sightline predict --mod")).toEqual(["--model"])
    expect(completeInFish(script, "sightline predict --format ")).toEqual(expect.arrayContaining(["human", "json"]))
    expect(completeInFish(script, "sightline models ")).toEqual(expect.arrayContaining(["list", "info"]))
  })
})
