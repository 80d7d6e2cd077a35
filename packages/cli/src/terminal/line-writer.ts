/** Writes to an output with back-pressure, and reports a reader that has gone away. */
import type { Output } from "./io.ts"

/** The reader of the output has closed it, as `head` does. The command ends without a message. */
export class BrokenPipe extends Error {
  constructor() {
    super("the reader of the output has closed it")
    this.name = "BrokenPipe"
  }
}

/** The output cannot be written, such as a file on a full disk. */
export class OutputFailed extends Error {
  constructor(problem: string) {
    super(`standard output cannot be written: ${problem}`)
    this.name = "OutputFailed"
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EIO: "an input/output error",
  EBADF: "it is closed"
}

const toError = (cause: unknown): Error => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown error"
  const isClosed = code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ERR_STREAM_WRITE_AFTER_END"
  return isClosed ? new BrokenPipe() : new OutputFailed(problems[code] ?? code)
}

/** Writes text; resolves when the output has taken it. */
export type Write = (text: string) => Promise<void>

/**
 * Makes a writer for one output.
 *
 * @throws BrokenPipe and OutputFailed, from the returned function
 */
export const makeWriter = (output: Output): Write => {
  let failure: Error | undefined
  // Without a listener, an error of the stream would end the process with a stack trace.
  output.on("error", (cause) => (failure ??= toError(cause)))
  return (text) =>
    new Promise<void>((resolve, reject) => {
      if (failure !== undefined) return reject(failure)
      output.write(text, (cause) => {
        if (cause) reject((failure ??= toError(cause)))
        else resolve()
      })
    })
}
