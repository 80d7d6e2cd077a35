/** Whether an import failed because a package is not installed. */

/** True for what `import` or `require` throws where this package, or a path in it, is not installed. */
export const isMissingPackage = (cause: unknown, packageName: string): boolean =>
  cause instanceof Error &&
  "code" in cause &&
  (cause.code === "ERR_MODULE_NOT_FOUND" || cause.code === "MODULE_NOT_FOUND") &&
  cause.message.includes(packageName)
