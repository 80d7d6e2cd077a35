/** Hashes of files, as `package-lock.json` writes them: `sha512-` and base64. */
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"

const algorithms = ["sha512", "sha384", "sha256", "sha1"] as const

/** True for a text such as `sha512-…`. */
export const isIntegrity = (text: string): boolean =>
  /^(?:sha512|sha384|sha256|sha1)-[A-Za-z0-9+/]{27,}={0,2}$/.test(text)

/** The hash of a file; `prefix` is hashed before its bytes, as git does. */
export const hashFile = async (
  path: string,
  algorithm: (typeof algorithms)[number] = "sha256",
  prefix = ""
): Promise<string> => {
  const hash = createHash(algorithm).update(prefix)
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer) // a stream without an encoding
  return `${algorithm}-${hash.digest("base64")}`
}

/** True if a file has a hash. */
export const hasIntegrity = async (path: string, integrity: string): Promise<boolean> => {
  const algorithm = algorithms.find((one) => integrity.startsWith(`${one}-`))
  return algorithm !== undefined && (await hashFile(path, algorithm)) === integrity
}

/** The hash of hexadecimal digits in the form that is used here. */
export const fromHex = (algorithm: "sha1" | "sha256", hex: string): string =>
  `${algorithm}-${Buffer.from(hex, "hex").toString("base64")}`
