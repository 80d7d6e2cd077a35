/** Loads packages that need not be installed. */
import { isMissingPackage } from "@sightline/platform/missing-package"
import { MissingPackage } from "./errors.ts"

/** Imports a package when it is needed. Rejects with `MissingPackage` where it is not installed. */
export const requirePackage = async <A>(name: string, neededFor: string, load: () => Promise<A>): Promise<A> => {
  try {
    return await load()
  } catch (cause) {
    if (isMissingPackage(cause, name)) throw new MissingPackage({ packageName: name, neededFor })
    throw cause
  }
}
