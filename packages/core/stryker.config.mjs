// Mutation testing of one room (a folder of src/): `pnpm mutate predict`. See docs/decisions/0023-tests.md.
const room = process.env["SIGHTLINE_ROOM"] ?? "predict"

export default {
  mutate: [`src/${room}/**/*.ts`],
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutate.config.ts", related: false },
  coverageAnalysis: "perTest",
  concurrency: 1,
  ignoreStatic: true,
  tsconfigFile: "none.json",
  reporters: ["clear-text", "json"],
  jsonReporter: { fileName: `.reports/mutation-${room.replaceAll("/", "-")}.json` },
  clearTextReporter: { logTests: false, reportTests: false },
  tempDirName: "../../.stryker-tmp",
  timeoutMS: 20_000,
  disableTypeChecks: false
}
