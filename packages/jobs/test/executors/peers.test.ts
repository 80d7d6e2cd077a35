import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { bullmq } from "../../src/bullmq.ts"

const program = fileURLToPath(new URL("./without-peers.ts", import.meta.url))

const without = (...present: ReadonlyArray<string>) =>
  JSON.parse(execFileSync(process.execPath, [program, ...present], { encoding: "utf8" })) as unknown

const missing = (packageName: string, backend: string) => ({
  name: "MissingPackage",
  message: `bullmq({ backend: "${backend}" }) needs the package ${packageName}; add it: npm install ${packageName}`
})

it("loads optional packages when they are used, and names the one that is missing", { timeout: 120_000 }, () => {
  expect(without()).toEqual({
    inProcess: [],
    redis: missing("bullmq", "redis"),
    postgres: missing("bullmq", "postgres")
  })
  expect(without("bullmq", "pg")).toMatchObject({
    redis: missing("ioredis", "redis"),
    postgres: { message: "a ledger in Postgres needs the package @effect/sql-pg; add it: npm install @effect/sql-pg" }
  })
})

it("refuses an address that is no URL, without repeating what may be secret in it", () => {
  expect(() => bullmq({ backend: "postgres", connection: "host=db password=secret" })).toThrow(
    "connection is not a URL, such as postgres://user@host/name"
  )
})
