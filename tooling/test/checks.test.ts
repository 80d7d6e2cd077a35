import { expect, it } from "vitest"
import { commandCheck, runChecks } from "../ci/check.ts"
import { runCommand } from "../run-command.ts"

it("a check passes when its program ends with 0, and shows its words when not", async () => {
  const lines: Array<string> = []
  const script = (code: string) => commandCheck(code, process.execPath, ["-e", code])
  const counts = await runChecks([script("1"), script("console.log('why'); process.exit(3)")], {
    print: (line) => lines.push(line)
  })
  expect(counts).toEqual({ passed: 1, failed: 1 })
  expect(lines[0]).toMatch(/^ok {5}1 /)
  expect(lines[2]).toContain("ended with 3\n    why")
})

it("a check that throws is a failure", async () => {
  const counts = await runChecks([{ name: "broken", run: () => Promise.reject(new Error("no")) }], {
    print: () => {}
  })
  expect(counts).toEqual({ passed: 0, failed: 1 })
})

it("a program that does not end is killed, one that is not there ends with 127", async () => {
  const endless = await runCommand(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { timeoutMs: 300 })
  expect(endless.code).toBe(124)
  expect((await runCommand("no-such-program-here", [])).code).toBe(127)
})

it("checks run beside each other, those of a series one after another, and one that is alone by itself", async () => {
  const events: Array<string> = []
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await Promise.resolve()
  }
  const check = (name: string, length: number, alone = false) => ({
    name,
    alone,
    run: async () => {
      events.push(`${name} starts`)
      await turns(length)
      events.push(`${name} ends`)
      return {}
    }
  })
  const all = [check("long", 90), [check("first", 9), check("second", 9)], check("alone", 9, true), check("last", 9)]
  const counts = await runChecks(all, { atOnce: 2, print: () => {} })
  expect(counts).toEqual({ passed: 5, failed: 0 })
  const [first, second] = ["long starts first starts first ends second starts", "second ends long ends"]
  expect(events.join(" ")).toBe(`${first} ${second} alone starts alone ends last starts last ends`)
})
