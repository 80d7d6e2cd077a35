// Uses executors where no optional package is installed, and prints what they say as JSON.
import { registerHooks } from "node:module"

const optional = new Set(["bullmq", "ioredis", "pg", "@effect/sql-pg"])
/** Packages that seem to be installed. */
const present = new Set(process.argv.slice(2))

registerHooks({
  resolve: (specifier, context, next) => {
    const name = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/")
    if (!optional.has(name) || present.has(name)) return next(specifier, context)
    throw Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" })
  }
})

const { inProcess, listJobs } = await import("../../src/index.ts")
const { bullmq } = await import("../../src/bullmq.ts")

const ask = async (executor: ReturnType<typeof inProcess>) => {
  try {
    await using open = executor
    return await listJobs({ executor: open })
  } catch (error) {
    return error instanceof Error ? { name: error.name, message: error.message } : String(error)
  }
}

const nowhere = "127.0.0.1:9" // never reached: what is missing is found first
process.stdout.write(
  JSON.stringify({
    inProcess: await ask(inProcess()),
    redis: await ask(bullmq({ backend: "redis", connection: `redis://${nowhere}`, ledger: { file: ":memory:" } })),
    postgres: await ask(bullmq({ backend: "postgres", connection: `postgres://${nowhere}/jobs` }))
  })
)
process.exit(0)
