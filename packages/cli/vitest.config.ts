import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // files share a worker and the modules that it loaded: loading them costs more than most files take
    isolate: false,
    testTimeout: 60_000
  }
})
