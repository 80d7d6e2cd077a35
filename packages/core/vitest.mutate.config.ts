import { defineConfig } from "vitest/config"

const room = process.env["SIGHTLINE_ROOM"] ?? "predict"

export default defineConfig({
  test: {
    include: [`test/${room}/**/*.test.ts`],
    testTimeout: 30_000,
    isolate: false,
    fileParallelism: false
  }
})
