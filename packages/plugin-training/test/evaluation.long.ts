/** The largest of the shared tasks, read in both ways. */
import { hasData } from "@sightline/fixtures"
import { describe, it } from "vitest"
import { evaluateTask } from "./photos.ts"

describe.skipIf(!hasData("photos"))("evaluations of trained models", () => {
  it.each([
    ["recycling", true],
    ["recycling", false]
  ] as const)("of %s agree with predictions made anew, exclusive: %s", { timeout: 600_000 }, evaluateTask)
})
