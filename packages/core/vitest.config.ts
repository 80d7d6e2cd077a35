import { defineConfig } from "vitest/config"

/** Suites that replace a global, which others would see. */
const alone = ["test/testing/*.test.ts", "test/wire/codec/base64.test.ts", "test/call/event-loop-turn.test.ts"]

export default defineConfig({
  test: {
    testTimeout: 60_000,
    // Loading Effect and core costs a second. Files share a worker and its modules; types are checked by `pnpm check`.
    projects: [
      {
        extends: true,
        test: { name: "core", include: ["test/**/*.test.ts"], exclude: alone, isolate: false }
      },
      { extends: true, test: { name: "globals", include: alone } }
    ]
  }
})
