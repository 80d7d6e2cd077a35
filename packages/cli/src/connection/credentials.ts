/**
 * Folder `connection`: which service a command calls, and with which key. This file: keys in a file that only its owner can
 * read.
 */
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import type { Io } from "../terminal/io.ts"

/** The address of the cloud service. */
export const cloudAddress = "https://api.clarifai.com"

const Credential = Schema.Struct({
  pat: Schema.String,
  userId: Schema.optionalKey(Schema.String),
  appId: Schema.optionalKey(Schema.String)
})
/** The key of one service, and whose app is meant. */
export type Credential = typeof Credential.Type

const Credentials = Schema.fromJsonString(Schema.Record(Schema.String, Credential))
const decode = Schema.decodeUnknownOption(Credentials)
const encode = Schema.encodeSync(Credentials)

/** Where keys are stored: below `XDG_CONFIG_HOME`, `APPDATA` or `~/.config`. */
export const credentialsFile = ({ env, home }: Pick<Io, "env" | "home">): string => {
  const base = env["XDG_CONFIG_HOME"] || env["APPDATA"] || join(home, ".config")
  return join(base, "sightline", "credentials.json")
}

/** The origin of an address, which keys are stored by. */
export const originOf = (address: string): string => {
  const whole = /^https?:\/\//i.test(address) ? address : `https://${address}`
  if (!URL.canParse(whole))
    throw new CommandError(`--url ${address} is not a valid address; give one such as https://api.clarifai.com`)
  return new URL(whole).origin
}

const readAll = async (file: string): Promise<Readonly<Record<string, Credential>>> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined // thrown by the file system
    throw new CommandError(`${file} cannot be read; check its permissions`, exitCode.access)
  })
  if (text === undefined) return {}
  const { mode } = await stat(file)
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new CommandError(`${file} can be read by other users; run: chmod 600 ${file}`, exitCode.access)
  const read = decode(text)
  if (Option.isSome(read)) return read.value
  throw new CommandError(`${file} is damaged; delete it and run "sightline login" again`, exitCode.access)
}

/** The stored key of a service; undefined if there is none. */
export const readCredential = async (io: Pick<Io, "env" | "home">, address: string): Promise<Credential | undefined> =>
  (await readAll(credentialsFile(io)))[originOf(address)]

/** Stores a key, or removes it if `credential` is undefined. The file has mode 0600, its folder 0700. */
export const writeCredential = async (
  io: Pick<Io, "env" | "home">,
  address: string,
  credential: Credential | undefined
): Promise<string> => {
  const file = credentialsFile(io)
  const { [originOf(address)]: _replaced, ...others } = await readAll(file)
  const all = credential === undefined ? others : { ...others, [originOf(address)]: credential }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await writeFile(temporary, encode(all), { mode: 0o600, flag: "wx" })
    await chmod(temporary, 0o600)
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new CommandError(
      `${file} cannot be written (${String((cause as NodeJS.ErrnoException).code)})`,
      exitCode.access
    )
  }
  return file
}
