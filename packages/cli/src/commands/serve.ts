/** `sightline serve` */
import { resolve } from "node:path"
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, makeNotice, type OutputOptions } from "../outcomes/output-options.ts"
import { parseInteger } from "../command-line/parse-values.ts"
import { makeWriter } from "../terminal/line-writer.ts"

interface ServeOptions extends OutputOptions {
  readonly engine?: string
  readonly embedder?: string
  readonly port: number
  readonly host: string
  readonly keyFile?: string
}

const examples = `
Examples:
  sightline serve --port 8080
  sightline predict photo.jpg -m pets --url http://127.0.0.1:8080
  sightline serve --host 0.0.0.0 --key-file key.txt

Callers send the key as "Authorization: Key <key>". It is read from the variable SIGHTLINE_SERVE_KEY or from --key-file,
never from the command line. An address beyond this machine needs a key.
`

export const configure: Configure = (command, run) => {
  command
    .option("--engine <folder>", "serve the engine in this folder; default: .sightline here or above")
    .option("--embedder <name>", "the image encoder of the engine: accurate, fast or an added model; default: accurate")
    .option("--port <n>", "the port; 0 takes a free one", parseInteger(0, 65_535), 8080)
    .option("--host <address>", "the address to listen on", "127.0.0.1")
    .option("--key-file <file>", "a file with the key that callers must send")
  addOutputOptions(command)
    .addHelpText("after", examples)
    .action(
      run(async (io, options: ServeOptions) => {
        const [{ engine }, { embedderOption, engineFolder }, { readKeyFile }] = await Promise.all([
          import("@sightline/engine"),
          import("../connection/open-connection.ts"),
          import("../connection/read-key-file.ts")
        ])
        const { host, keyFile, port } = options
        const key =
          keyFile === undefined ? io.env["SIGHTLINE_SERVE_KEY"] : await readKeyFile(resolve(io.cwd, keyFile), keyFile)
        if (key === "") throw new CommandError("the key is empty; leave it out, or set one")
        await using local = engine({ directory: engineFolder(io, options, true), ...embedderOption(options) })
        const { close, url } = await local.serve({ host, port, ...(key === undefined ? {} : { key }) })
        await makeWriter(io.stdout)(formatOf(io, options) === "json" ? `${JSON.stringify({ url })}\n` : `${url}\n`)
        const notice = makeNotice(io, options, "sightline serve")
        notice(`serving ${local.directory}; stop with Ctrl-C`)
        const { drain } = io.stop
        if (!drain.aborted)
          await new Promise<void>((stopped) => drain.addEventListener("abort", () => stopped(), { once: true }))
        await close()
        notice("stopped")
        return exitCode.success
      })
    )
}
