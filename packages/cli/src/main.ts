#!/usr/bin/env node
/** The `sightline` command. The only file that touches the process. */
import { homedir } from "node:os"
import { runProgram } from "./command-line/program.ts"
import { commandTable } from "./command-table.ts"

const drain = new AbortController()
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

for (const [signal, code] of Object.entries(exitCodes))
  process.on(signal, () => {
    // The second signal ends the process at once; the operating system releases locks and sockets.
    if (drain.signal.aborted) process.exit(code)
    drain.abort(signal)
  })

// A reader that has gone away ends the command without a message, as it does for other programs.
for (const output of [process.stdout, process.stderr])
  output.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code === "EPIPE") process.exit(141)
  })

const io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  stop: { drain: drain.signal }
}
const code = await runProgram(process.argv.slice(2), io, { commands: commandTable })

// Workers and idle connections of the engine must not keep the process alive after the command has ended.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)))
