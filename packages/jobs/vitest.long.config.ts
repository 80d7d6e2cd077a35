import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["test/**/*.long.ts"], testTimeout: 1_800_000, hookTimeout: 1_800_000 }
})
