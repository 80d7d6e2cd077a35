import { readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"

const room = process.env["ROOM"] ?? "predict"
/** Suites of whole chains do not take part: a mutant is to be found by the suite of its own module. */
const suites = new Set(readdirSync(`src/${room}`).map((name) => name.replace(/\.ts$/, "")))

export default defineConfig({
  test: {
    include: room.startsWith("wire")
      ? ["test/wire/*.test.ts"]
      : [...suites].map((name) => `test/${room}/${name}.test.ts`),
    testTimeout: 30_000,
    isolate: false,
    fileParallelism: false
  }
})
