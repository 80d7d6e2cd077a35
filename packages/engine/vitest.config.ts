import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["../platform/test/stay-here.ts"],
    testTimeout: 30_000
  }
})
