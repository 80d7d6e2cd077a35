/** `sightline login` */
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Io } from "../terminal/io.ts"

interface LoginOptions {
  readonly url?: string
  readonly user?: string
  readonly app?: string
  readonly remove?: boolean
}

const examples = `
Examples:
  sightline login                            ask for a key of the cloud service
  sightline login --url http://127.0.0.1:8080
  sightline login < key.txt
  sightline login --remove                   delete the stored key

The key is stored in a file that only you can read (mode 0600). CLARIFAI_PAT and the other variables win over it.
`

/** Reads the key from a terminal without showing it, or the first line of a pipe. */
const readSecret = async ({ stderr, stdin }: Io, prompt: string): Promise<string> => {
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) {
    let text = ""
    stdin.setEncoding("utf8")
    for await (const chunk of stdin) {
      text += String(chunk)
      if (text.includes("\n")) break
    }
    return text.split(/\r?\n/, 1)[0]?.trim() ?? ""
  }
  stderr.write(prompt)
  stdin.setRawMode(true)
  stdin.setEncoding("utf8")
  try {
    let typed = ""
    for await (const chunk of stdin)
      for (const character of String(chunk)) {
        if (character === "\r" || character === "\n") return typed.trim()
        if (character === "\u0003" || character === "\u0004")
          throw new CommandError("no key was stored", exitCode.interrupted)
        if (character === "\u007f" || character === "\b") typed = typed.slice(0, -1)
        else typed += character
      }
    return typed.trim()
  } finally {
    stdin.setRawMode(false)
    stderr.write("\n")
  }
}

export const configure: Configure = (command, run) => {
  command
    .option("--url <address>", "the service; default: the cloud service")
    .option("--user <id>", "stores the user who owns the app")
    .option("--app <id>", "stores the app")
    .option("--remove", "delete the stored key")
    .option("--verbose", "print the causes of errors")
    .addHelpText("after", examples)
    .action(
      run(async (io, { app, remove = false, url, user }: LoginOptions) => {
        const { cloudAddress, originOf, writeCredential } = await import("../connection/credentials.ts")
        const address = originOf(url ?? io.env["CLARIFAI_API_BASE"] ?? cloudAddress)
        if (remove) {
          await writeCredential(io, address, undefined)
          io.stderr.write(`sightline login: the key of ${address} is deleted\n`)
          return exitCode.success
        }
        const pat = await readSecret(io, `Key for ${address}: `)
        if (pat === "")
          throw new CommandError("no key was given; type it, or give it on standard input", exitCode.access)
        if (!/^[\u0021-\u007e]+$/.test(pat))
          throw new CommandError("the key has characters that no key has; check what was pasted", exitCode.access)
        const file = await writeCredential(io, address, {
          pat,
          ...(user === undefined ? {} : { userId: user }),
          ...(app === undefined ? {} : { appId: app })
        })
        io.stderr.write(
          `sightline login: the key of ${address} is stored in ${file}; check it with "sightline doctor --url ${address}"\n`
        )
        return exitCode.success
      })
    )
}
