// Writes a file as a whole or not at all, through the platform, without any `node:` import.

interface Fs {
  readonly readFile: (path: string, encoding: "utf8") => Promise<string>
  readonly writeFile: (path: string, text: string, options: { readonly flag: string }) => Promise<void>
  readonly rename: (from: string, to: string) => Promise<void>
  readonly rm: (path: string, options: { readonly force: boolean }) => Promise<void>
  readonly stat: (path: string) => Promise<{ readonly isDirectory: () => boolean }>
}

/** A file that cannot be written: why, in one line. */
export class Unwritable extends Error {}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder is not there",
  ENOTDIR: "its folder is not there",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "its disk is read-only",
  ENOSPC: "its disk is full"
}

const because = (path: string, thrown: unknown): Unwritable => {
  const code = String(Object(thrown).code ?? "unknown")
  return new Unwritable(`cannot write ${path}: ${reasons[code] ?? code}`)
}

/** A file that is going to be written. */
export interface Target {
  /** Puts the text in the place of what is there; false if it was there already. */
  readonly write: (text: string) => Promise<boolean>
  /** Leaves everything as it was. */
  readonly giveUp: () => Promise<void>
}

/** Opens a place for a file, so that one that cannot be written is known before any work is done for it. */
export const openTarget = async (fs: Fs, path: string, unique: string): Promise<Target> => {
  const made = `${path}.${unique}.tmp`
  const before = await fs.stat(path).catch(() => undefined)
  if (before?.isDirectory() === true) throw new Unwritable(`cannot write ${path}: it is a folder`)
  await fs.writeFile(made, "", { flag: "wx" }).catch((thrown: unknown) => {
    throw because(path, thrown)
  })
  const giveUp = () => fs.rm(made, { force: true })
  return {
    giveUp,
    write: async (text) => {
      if ((await fs.readFile(path, "utf8").catch(() => undefined)) === text) {
        await giveUp()
        return false
      }
      try {
        await fs.writeFile(made, text, { flag: "w" })
        await fs.rename(made, path)
        return true
      } catch (thrown) {
        await giveUp()
        throw because(path, thrown)
      }
    }
  }
}
