import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { pageModule, pageModulePath } from "../report-page/bundle.ts"

it("the page in the report's source is the one that its own sources give: `pnpm report:page` writes it", async () => {
  expect(readFileSync(pageModulePath, "utf8") === (await pageModule())).toBe(true)
})
