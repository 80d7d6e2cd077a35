/** Failures of a test itself: what a fake throws ends the run, and is no failure of an input or a call. */

const failures = new WeakSet<object>()

/** Marks what a fake threw; any value but an object is put into an Error. */
export const toTestFailure = (thrown: unknown): object => {
  const failure = typeof thrown === "object" && thrown !== null ? thrown : new Error(String(thrown), { cause: thrown })
  failures.add(failure)
  return failure
}

/** True for what a fake threw. */
export const isTestFailure = (thrown: unknown): boolean =>
  typeof thrown === "object" && thrown !== null && failures.has(thrown)
