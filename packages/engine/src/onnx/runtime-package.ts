/** The package that runs a pretrained model, which need not be installed. */
import { createRequire } from "node:module"
import { isMissingPackage } from "@sightline/platform/missing-package"
import type { ManifestValue } from "./model-manifest.ts"

const packages: Readonly<Record<ManifestValue["runtime"], string>> = {
  onnx: "onnxruntime-node",
  transformers: "@huggingface/transformers"
}

/** The problem of a package that is not installed, with its remedy. */
export const missingRuntime = (packageName: string): string =>
  `the runtime of this model is not installed; npm install ${packageName}`

/** What was found, by package and importer: each prediction asks, and what is installed stays so. */
const found = new Set<string>()

const isMissing = (name: string, from: string): boolean => {
  const asked = `${name} ${from}`
  if (found.has(asked)) return false
  try {
    createRequire(from).resolve(name)
  } catch (cause) {
    // Other failures, such as a package without an entry for `require`, are of one that is there.
    if (isMissingPackage(cause, name)) return true
  }
  found.add(asked)
  return false
}

/**
 * The package of a model's runtime if it is not installed, and undefined if it is.
 *
 * @param from the module that imports it; nothing is known of a bundle, which has no address of a file
 */
export const missingPackageOf = (
  { runtime }: Pick<ManifestValue, "runtime">,
  from: string | undefined = import.meta.url
): string | undefined => {
  if (from === undefined || !from.startsWith("file:")) return undefined
  return isMissing(packages[runtime], from) ? packages[runtime] : undefined
}
