// Mutation testing of one folder of src/, run by hand: `ROOM=predict pnpm mutate`. See docs/decisions/0023-tests.md.
const room = process.env["ROOM"] ?? "predict"

export default {
  mutate: [`src/${room}/**/*.ts`],
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutate.config.ts", related: false },
  coverageAnalysis: "perTest",
  concurrency: 1,
  ignoreStatic: true,
  // the copy is two folders below the workspace's, so that its tsconfig.json finds the one that it extends
  tempDirName: "../../.stryker-tmp",
  tsconfigFile: "none.json",
  disableTypeChecks: false,
  timeoutMS: 20_000,
  reporters: ["clear-text", "progress-append-only", "json"],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: `.reports/mutation-${room.replaceAll("/", "-")}.json` }
}
