/** What is said about a model that was added. */
import { expect, it } from "vitest"
import { describeAdded } from "../../src/models/added-models.ts"

const faces = { id: "faces", source: "faces", resolved: "faces@1", sizeBytes: 1e6, addedAt: "", files: {} }

it("a missing runtime comes before the use of the model", () => {
  expect(describeAdded(faces)).toMatch(/\(1\.0 MB\); use it: sightline predict FILE --model faces$/)
  expect(describeAdded({ ...faces, missingPackage: "onnxruntime-node" })).toContain(
    "; its runtime is not installed: npm install onnxruntime-node; then use it: "
  )
})
