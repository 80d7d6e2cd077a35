/** Loads packages that need not be installed. */
import { MissingPackage } from "./errors.ts"

const isMissing = (cause: unknown, name: string): boolean =>
  cause instanceof Error &&
  "code" in cause &&
  (cause.code === "ERR_MODULE_NOT_FOUND" || cause.code === "MODULE_NOT_FOUND") &&
  cause.message.includes(name)

/** Imports a package when it is needed. Rejects with `MissingPackage` where it is not installed. */
export const requirePackage = async <A>(name: string, neededFor: string, load: () => Promise<A>): Promise<A> => {
  try {
    return await load()
  } catch (cause) {
    if (isMissing(cause, name)) throw new MissingPackage({ packageName: name, neededFor })
    throw cause
  }
}
