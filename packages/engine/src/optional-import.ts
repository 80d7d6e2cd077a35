/** Imports of packages that need not be installed. */

/**
 * Imports an optional package. Its name is not a literal, so that a bundler neither fails if it is not installed nor bundles
 * it: it is resolved when the program runs. Rejects with `ERR_MODULE_NOT_FOUND` if it is not installed.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the package's own type
export const importOptional = <Package>(name: string): Promise<Package> =>
  // The cast: the type is that of the package with this name.
  import(/* webpackIgnore: true */ /* @vite-ignore */ name) as Promise<Package>
