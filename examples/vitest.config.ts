import { defineConfig } from "vitest/config"

// Each example is a separate process, on a machine that may be busy.
export default defineConfig({ test: { include: ["test/**/*.test.ts"], testTimeout: 90_000 } })
