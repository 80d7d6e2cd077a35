/** Reads local files through the platform, without any `node:` import: present in Node, Bun and Deno, absent in browsers. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** What reading a file needs; replace it to read from elsewhere, such as an archive. */
export interface Files {
  /** The whole file's bytes. Fails with a line that says why not. */
  readonly read: (path: string) => Effect.Effect<Uint8Array, string>
  /** The file's size in bytes. */
  readonly size: (path: string) => Effect.Effect<number, string>
}

interface FsPromises {
  readonly readFile: (path: string) => Promise<Uint8Array>
  readonly stat: (path: string) => Promise<{ readonly size: number; readonly isFile: () => boolean }>
}

const builtin = (): FsPromises | undefined => {
  const host = globalThis as { readonly process?: { readonly getBuiltinModule?: (id: string) => unknown } }
  return host.process?.getBuiltinModule?.("node:fs/promises") as FsPromises | undefined
}

const explain = (path: string, cause: unknown): string => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  if (code === "ENOENT") return `there is no file at ${path}`
  if (code === "EACCES" || code === "EPERM") return `no permission to read ${path}`
  if (code === "EISDIR") return `${path} is a folder`
  return `${path} could not be read${typeof code === "string" ? ` (${code})` : ""}`
}

const withFs = <A>(path: string, use: (fs: FsPromises) => Promise<A>): Effect.Effect<A, string> =>
  Effect.suspend(() => {
    const fs = builtin()
    return fs === undefined
      ? Effect.fail("files cannot be read here; give bytes, a Blob or a URL")
      : Effect.tryPromise({ try: () => use(fs), catch: (cause) => explain(path, cause) })
  })

const platform: Files = {
  read: (path) =>
    withFs(path, async (fs) => {
      const file = await fs.readFile(path)
      return new Uint8Array(file.buffer as ArrayBuffer, file.byteOffset, file.byteLength)
    }),
  size: (path) => withFs(path, async (fs) => (await fs.stat(path)).size)
}

/** The files that paths name; the platform's own unless replaced. */
export const Files: Context.Reference<Files> = Context.Reference("@sightline/core/Files", {
  defaultValue: () => platform
})
