/** The pool, with real processes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { fileURLToPath } from "node:url"
import { makeProcessPool, type PoolOptions, type PoolProcess, programBeside } from "../../src/processes/process-pool.ts"
import type { Task, Told } from "./programs/tasks.ts"

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const untilGone = Effect.fnUntraced(function* (pid: number) {
  for (let tries = 0; tries < 100 && isRunning(pid); tries++) yield* Effect.sleep(20)
  assert.isFalse(isRunning(pid))
})

const options: PoolOptions<Task, Told, number, unknown> = {
  program: programBeside(import.meta.url, "programs/tasks"),
  size: 2,
  isLast: ({ kind }) => kind !== "more",
  prepare: (child) => Effect.map(child.receive(20_000), (told) => (told.kind === "ready" ? told.pid : 0))
}
const makePool = (more: Partial<typeof options> = {}) =>
  makeProcessPool<Task, Told, number, unknown>({ ...options, ...more })

const ask = (child: PoolProcess<Task, Told>, task: Task, limitMs?: number) => {
  child.send(task)
  return Effect.map(child.receive(limitMs), (told) => (told.kind === "done" ? told.value : told))
}

describe("a process pool", () => {
  it.live("keeps a process for the next task", () =>
    Effect.gen(function* () {
      const pool = yield* makePool()
      const pids: Array<number> = []
      for (const value of [1, new Uint8Array([1, 2])]) {
        const answer = yield* pool.use((child, pid) => {
          pids.push(pid)
          return ask(child, { kind: "echo", value })
        })
        assert.deepStrictEqual(answer, value)
      }
      assert.strictEqual(pids[0], pids[1])
    }).pipe(Effect.scoped)
  )

  it.live("ends a process that has waited for long, and starts another one for the next task", () =>
    Effect.gen(function* () {
      const pool = yield* makePool({ idleMs: 20 })
      const pidOf = pool.use((child, pid) => Effect.as(ask(child, { kind: "echo", value: 1 }), pid))
      const first = yield* pidOf
      yield* untilGone(first)
      assert.notStrictEqual(yield* pidOf, first)
    }).pipe(Effect.scoped)
  )

  it.live("runs as many tasks at once as it has processes", () =>
    Effect.gen(function* () {
      const pool = yield* makePool()
      const count = { running: 0, most: 0 }
      const pids = new Set<number>()
      yield* Effect.forEach(
        [1, 2, 3, 4, 5, 6],
        (value) =>
          pool.use((child, pid) =>
            Effect.gen(function* () {
              pids.add(pid)
              count.most = Math.max(count.most, ++count.running)
              yield* ask(child, { kind: "echo", value })
              // The first task leaves room for the second one, whose process may start slowly.
              for (let tries = 0; tries < 1000 && count.most < 2; tries++) yield* Effect.sleep(10)
              count.running--
            })
          ),
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual(count.most, 2)
      assert.strictEqual(pids.size, 2)
    }).pipe(Effect.scoped)
  )

  it.live("exchanges several messages within a task", () =>
    Effect.gen(function* () {
      const pool = yield* makePool()
      const values = yield* pool.use((child) =>
        Effect.gen(function* () {
          const seen: Array<unknown> = []
          child.send({ kind: "count", to: 3 })
          for (let told = yield* child.receive(5000); told.kind !== "done"; told = yield* child.receive(5000)) {
            seen.push(told)
            child.send({ kind: "next" })
          }
          return seen
        })
      )
      assert.strictEqual(values.length, 3)
    }).pipe(Effect.scoped)
  )

  it.live("kills a process that works longer than its limit, and starts another", () =>
    Effect.gen(function* () {
      const pool = yield* makePool({ size: 1 })
      let spinning = 0
      const failure = yield* Effect.flip(
        pool.use((child, pid) => {
          spinning = pid
          return ask(child, { kind: "spin" }, 200)
        })
      )
      assert.deepInclude(failure, { _tag: "ProcessFailed", reason: "overran" })
      yield* untilGone(spinning)
      assert.strictEqual(yield* pool.use((child) => ask(child, { kind: "echo", value: "next" })), "next")
    }).pipe(Effect.scoped)
  )

  it.live("kills a process whose task was interrupted or left in the middle", () =>
    Effect.gen(function* () {
      const pool = yield* makePool({ size: 1 })
      const started: Array<number> = []
      const fiber = yield* Effect.forkChild(
        pool.use((child, pid) => {
          started.push(pid)
          return ask(child, { kind: "wait" })
        })
      )
      for (let tries = 0; tries < 500 && started.length === 0; tries++) yield* Effect.sleep(10)
      yield* Fiber.interrupt(fiber)
      yield* untilGone(started[0] ?? 0)
      const inTheMiddle = yield* pool.use((child, pid) => Effect.as(ask(child, { kind: "count", to: 3 }), pid))
      yield* untilGone(inTheMiddle)
      assert.strictEqual(yield* pool.use((child) => ask(child, { kind: "echo", value: 1 })), 1)
    }).pipe(Effect.scoped)
  )

  it.live("tells a process that ended from one that was killed for its memory", () =>
    Effect.gen(function* () {
      const pool = yield* makePool()
      const ended = yield* Effect.flip(pool.use((child) => ask(child, { kind: "exit", code: 3 }, 5000)))
      assert.deepInclude(ended, { reason: "exit", message: "the process ended (3)" })
      const killed = yield* Effect.flip(pool.use((child) => ask(child, { kind: "grow" }, 10_000)))
      assert.deepInclude(killed, { reason: "killed" })
    }).pipe(Effect.scoped)
  )

  it.live("names the error of a program that cannot start, and one that is not there", () =>
    Effect.gen(function* () {
      const broken = yield* makePool({ program: programBeside(import.meta.url, "programs/broken") })
      assert.deepInclude(yield* Effect.flip(broken.use(() => Effect.void)), {
        reason: "exit",
        message: "the process ended (1): RangeError: no such package"
      })
      for (const program of [programBeside(import.meta.url, "programs/none"), programBeside(undefined, "none")]) {
        const absent = yield* makePool({ program })
        const failure = yield* Effect.flip(absent.use(() => Effect.void))
        assert.deepInclude(failure, { reason: "missing" })
        assert.match(String(failure), /a bundler must leave this package external/)
      }
    }).pipe(Effect.scoped)
  )

  it.live("passes on no environment but what a process needs, and what it is told to", () =>
    Effect.gen(function* () {
      process.env["SECRET_FOR_TEST"] = "secret"
      process.env["PASSED_FOR_TEST"] = "passed"
      const pool = yield* makePool({ env: { ADDED: "1" }, passEnv: ["PASSED_FOR_TEST"] })
      const names = yield* pool.use((child) => ask(child, { kind: "environment" }))
      assert.includeMembers(names as Array<string>, ["PATH", "ADDED", "PASSED_FOR_TEST"])
      assert.notInclude(names as Array<string>, "SECRET_FOR_TEST")
    }).pipe(Effect.scoped)
  )

  it.live("confines a process to the files that it may read", () =>
    Effect.gen(function* () {
      const own = fileURLToPath(new URL("../..", import.meta.url))
      const pool = yield* makePool({ permissions: { read: [own], addons: false } })
      const read = (path: string) => pool.use((child) => ask(child, { kind: "read", path }, 5000))
      assert.strictEqual(yield* read("/etc/passwd"), "ERR_ACCESS_DENIED")
      assert.match(String(yield* read(fileURLToPath(import.meta.url))), /confines a process/)
    }).pipe(Effect.scoped)
  )

  it.live("kills its processes when it closes", () =>
    Effect.gen(function* () {
      const pid = yield* Effect.scoped(
        Effect.gen(function* () {
          const pool = yield* makePool()
          return yield* pool.use((child, pid) => Effect.as(ask(child, { kind: "echo", value: 1 }), pid))
        })
      )
      yield* untilGone(pid)
    })
  )
})
