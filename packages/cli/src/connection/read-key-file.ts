/** Reads a key from a file that only its owner can read. */
import { readFile, stat } from "node:fs/promises"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"

/** The key in a file: its first line. */
export const readKeyFile = async (path: string, shown: string): Promise<string> => {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const code = String((cause as NodeJS.ErrnoException).code) // thrown by the file system
    throw new CommandError(
      `the key file ${shown} cannot be read: ${code === "ENOENT" ? "there is no such file" : code}`,
      exitCode.access
    )
  })
  const { mode } = await stat(path)
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new CommandError(`the key file ${shown} can be read by other users; run: chmod 600 ${shown}`, exitCode.access)
  return text.split(/\r?\n/, 1)[0]?.trim() ?? ""
}
