/** Files of outcomes that a run continues from. */
import { closeSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { prepareAppending, readOutcomes } from "../../src/outcomes/read-outcomes.ts"
import { temporaryFolder } from "../support/folders.ts"

const ok = (input: string) => `${JSON.stringify({ input, ok: true, answer: {} })}\n`
const failed = (input: string) => `${JSON.stringify({ input, ok: false, error: { tag: "TimedOut" } })}\n`

describe("a file of outcomes", () => {
  it("is read by the last line of each input, without lines that are no outcomes", async () => {
    using at = temporaryFolder()
    const file = at.write(
      "out.ndjson",
      `${ok("a")}${failed("b")}${failed("c")}not json\n{"input":1}\n\n${ok("c")}{"input":"d","ok":tr`
    )
    const { answered, failed: bad } = await readOutcomes(file, "out.ndjson")
    expect([...answered]).toEqual(["a", "c"])
    expect([...bad]).toEqual(["b"])
  })

  it("that does not exist fails with the reason", async () => {
    using at = temporaryFolder()
    await expect(readOutcomes(join(at.path, "no"), "no")).rejects.toThrow(
      "the outcomes in no cannot be read: there is no such file"
    )
    await expect(readOutcomes(at.path, "it")).rejects.toThrow("the outcomes in it cannot be read: it is a folder")
  })
})

describe("a file that is read and appended to", () => {
  const prepare = (file: string, flags: string) => {
    const descriptor = openSync(file, flags)
    try {
      prepareAppending(file, "out.ndjson", descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  it("loses a last line that a kill has truncated, and nothing else", () => {
    using at = temporaryFolder()
    for (const [content, kept] of [
      [`${ok("a")}${ok("b").slice(0, 9)}`, ok("a")],
      [`${ok("a")}${ok("b")}`, `${ok("a")}${ok("b")}`],
      [`{"input":"x`, ""],
      [`${ok("a")}${"y".repeat(200_000)}`, ok("a")]
    ] as const) {
      const file = at.write("out.ndjson", content)
      prepare(file, "a")
      expect(readFileSync(file, "utf8")).toBe(kept)
    }
  })

  it("is refused if the shell has emptied it, and may be empty if it is appended to", () => {
    using at = temporaryFolder()
    const file = at.write("out.ndjson", ok("a"))
    expect(() => prepare(file, "w")).toThrow(/the shell has emptied it; write ">> out.ndjson"/)
    if (process.platform === "linux") expect(() => prepare(at.write("new.ndjson", ""), "a")).not.toThrow()
  })

  it("is left alone if standard output is another file", () => {
    using at = temporaryFolder()
    const file = at.write("out.ndjson", `${ok("a")}{"tr`)
    const other = openSync(at.write("other", ""), "w")
    prepareAppending(file, "out.ndjson", other)
    closeSync(other)
    expect(readFileSync(file, "utf8")).toBe(`${ok("a")}{"tr`)
  })
})
