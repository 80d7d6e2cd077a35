import { describe, expect, it } from "vitest"
import { CommandError, oneLine, toFailure } from "../../src/command-line/command-error.ts"
import { exitCode, exitCodeOfTag } from "../../src/command-line/exit-code.ts"
import * as core from "@sightline/core"
import * as engine from "@sightline/engine"
import * as jobs from "@sightline/jobs"
import * as exif from "@sightline/plugin-exif"
import * as training from "@sightline/plugin-training"
import * as video from "@sightline/plugin-video"

/** The names of all typed errors that the packages export. */
const errorNames = [core, engine, exif, jobs, training, video].flatMap((door) =>
  Object.entries(door).flatMap(([name, value]) =>
    typeof value === "function" &&
    value.prototype instanceof Error &&
    !["MaskUnreadable", "SettledError", "Withheld"].includes(name)
      ? [name]
      : []
  )
)

describe("an exit code", () => {
  it("is assigned to the errors of all packages", () => {
    expect(errorNames.length).toBeGreaterThan(50)
    const unassigned = errorNames.filter((name) => exitCodeOfTag(name) === exitCode.internal)
    // A program that uses a closed engine is wrong.
    expect(unassigned).toEqual(["EngineClosed"])
  })
})

describe("a failure", () => {
  it("is one line, with its causes as details", () => {
    const cause = new Error("the socket\nbroke", { cause: { code: 7 } })
    const failure = toFailure(new Error("it\r\n failed", { cause }))
    expect(failure.line).toBe("unexpected error: it failed; run it with --verbose and report it")
    expect(failure.code).toBe(exitCode.internal)
    expect(failure.details).toContain("caused by Error: the socket broke")
    expect(failure.details).toContain(`caused by {"code":7}`)
  })

  it("of the command itself has its own code", () => {
    expect(toFailure(new CommandError("no", exitCode.access))).toMatchObject({ line: "no", code: 5 })
    expect(toFailure("text")).toMatchObject({ code: 1 })
  })

  it("is shown without line breaks of any kind", () => {
    expect(oneLine("a\u2028b\n\n  c ")).toBe("a b c")
  })
})
