/**
 * Behaviours of core that must hold in every runtime, written without a test runner: `main.ts` bundles them with the
 * built package and runs them in Node, Bun, Deno, workerd and Chromium against a service of this machine.
 */

/** Where the service listens, one origin for each way in which it misbehaves, and what the runtime has. */
export interface Config {
  readonly origins: Readonly<Record<string, string>>
  /** A regular file with {@link jpegBytes}, where the runtime reads files. */
  readonly file?: string
  /** Faults in which the runtime's `fetch` does not tell that no request left: they count as sent, and are not repeated. */
  readonly untold?: ReadonlyArray<string>
}

/** The end of one case: one line of JSON. */
export interface CaseResult {
  readonly name: string
  readonly problem?: string
  /** Why the case does not apply to this runtime. */
  readonly skipped?: string
}

/** One behaviour. Throws where it does not hold; returns the reason where it does not apply. */
export type RuntimeCase = (config: Config) => Promise<string | void>

/** The beginning of a JPEG: enough for a service that looks at no pixel. */
export const jpegBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 250)
/** The same as base64, as it must arrive. */
export const jpegBase64 = "/9j/4AECA/o="

const textOf = (value: unknown): string => JSON.stringify(value) ?? String(value)

/** Throws unless both are the same as JSON. */
export const equal = (actual: unknown, expected: unknown, what = "value"): void => {
  if (textOf(actual) !== textOf(expected)) throw new Error(`${what}: ${textOf(actual)} instead of ${textOf(expected)}`)
}

/** Throws unless the condition holds. */
export const isTrue = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what)
}

const patienceMs = 30_000

const problemOf = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message}\n${thrown.stack ?? ""}` : String(thrown)

const resultOf = async (name: string, run: RuntimeCase, config: Config): Promise<CaseResult> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${patienceMs} ms`)), patienceMs)
  })
  try {
    const skipped = await Promise.race([run(config), late])
    return typeof skipped === "string" ? { name, skipped } : { name }
  } catch (thrown) {
    return { name, problem: problemOf(thrown) }
  } finally {
    clearTimeout(timer)
  }
}

/** Most of a case is waiting for the service. */
const casesAtOnce = 8

/** Runs the cases, some at a time; a case that does not end is reported as a problem. */
export const runCases = async (
  cases: Readonly<Record<string, RuntimeCase>>,
  config: Config,
  report: (result: CaseResult) => void
): Promise<void> => {
  const left = Object.entries(cases).values()
  const work = async () => {
    for (const [name, run] of left) report(await resultOf(name, run, config))
  }
  await Promise.all(Array.from({ length: casesAtOnce }, work))
}
