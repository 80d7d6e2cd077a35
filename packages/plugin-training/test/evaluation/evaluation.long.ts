/** The largest of the shared tasks, with both ways of reading scores. */
import { hasData } from "@sightline/fixtures"
import { describe, it } from "vitest"
import { evaluateTask } from "../support/shared-photos.ts"

describe.skipIf(!hasData("photos"))("evaluations of trained models", () => {
  it.each([
    ["recycling", true],
    ["recycling", false]
  ] as const)("of %s agree with separate predictions, mutually exclusive: %s", { timeout: 600_000 }, evaluateTask)
})
