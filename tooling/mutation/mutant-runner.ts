/** Runs each test once as it is, then once with each mutant of its module that it reaches and that no test has found yet. */
import { type RunnerTestCase, TestRunner, inject } from "vitest"

declare module "vitest" {
  interface ProvidedContext {
    /** Ids of the mutants that the tests of a suite are to find, by the suite's path; `*` is any other suite. */
    readonly mutantsOf: Readonly<Record<string, ReadonlyArray<string>>>
  }
}

/** What happened to mutants under one test. */
export interface MutantResults {
  readonly reached: ReadonlyArray<string>
  readonly killed: ReadonlyArray<string>
  /** Found by the time limit alone. */
  readonly timedOut: ReadonlyArray<string>
}

/** The globals that instrumented code reads and writes. */
interface Switches {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
  hitCount?: number | undefined
  hitLimit?: number | undefined
}

const global = globalThis as { __stryker__?: Switches; foundMutants?: Set<string> }
const switches: Switches = (global.__stryker__ ??= {})
/** Mutants that a test of this worker has found: later tests leave them out. */
const found = (global.foundMutants ??= new Set())

const timedOut = Symbol("timed out")

/** A mutant that makes a loop endless hits its own switch each time round: this many hits more than usual end it. */
const mostHits = 10_000

class MutantRunner extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    const body = TestRunner.getTestFn(test)
    const started = performance.now()
    switches.currentTestId = test.id
    await body()
    switches.currentTestId = undefined
    const limitMs = 3_000 + 20 * (performance.now() - started)
    const hits = switches.mutantCoverage?.perTest[test.id] ?? {}
    const candidates = new Set(inject("mutantsOf")[test.file.name] ?? inject("mutantsOf")["*"])
    const reached = Object.keys(hits).filter((id) => candidates.has(id))
    const results = { reached, killed: [] as Array<string>, timedOut: [] as Array<string> }
    for (const id of reached) {
      if (found.has(id)) continue
      const outcome = await attempt(body, id, limitMs, mostHits + 100 * (hits[id] ?? 0))
      if (outcome === "passed") continue
      found.add(id)
      results[outcome].push(id)
    }
    // a mutant must leave nothing behind that later ones would meet
    if (results.killed.length + results.timedOut.length > 0) await body()
    Object.assign(test.meta, { mutants: results })
    Object.assign(test.file.meta, { importedMutants: Object.keys(switches.mutantCoverage?.static ?? {}) })
  }
}

/** Runs a test with one mutant active. */
const attempt = async (
  body: () => unknown,
  id: string,
  limitMs: number,
  hitLimit: number
): Promise<"passed" | "killed" | "timedOut"> => {
  let timer: NodeJS.Timeout | undefined
  Object.assign(switches, { activeMutant: id, currentTestId: "with a mutant", hitCount: 0, hitLimit })
  try {
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(timedOut), limitMs)
    })
    return (await Promise.race([body(), late])) === timedOut ? "timedOut" : "passed"
  } catch {
    return "killed"
  } finally {
    clearTimeout(timer)
    Object.assign(switches, {
      activeMutant: undefined,
      currentTestId: undefined,
      hitCount: undefined,
      hitLimit: undefined
    })
  }
}

export default MutantRunner
