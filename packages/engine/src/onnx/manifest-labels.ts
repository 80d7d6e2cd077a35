/** The labels of a manifest. */
import type { ModelLabel } from "./label.ts"
import type { ManifestValue } from "./model-manifest.ts"

/** Labels with ids; a label that is a text is its own id. */
export const labelsOf = ({ labels = [] }: ManifestValue): ReadonlyArray<ModelLabel> =>
  labels.map((label) => (typeof label === "string" ? { id: label, name: label } : label))
