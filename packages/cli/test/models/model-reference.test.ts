import { describe, expect, it } from "vitest"
import { parseModel } from "../../src/models/model-reference.ts"

describe("a model on the command line", () => {
  it.each([
    ["pets", { id: "pets" }],
    ["pets@v1", { id: "pets", version: "v1" }],
    ["me/main/pets", { id: "pets", userId: "me", appId: "main" }],
    ["me/main/pets@v1", { id: "pets", userId: "me", appId: "main", version: "v1" }],
    [
      "https://clarifai.com/clarifai/main/models/general-image-recognition",
      { id: "general-image-recognition", userId: "clarifai", appId: "main" }
    ],
    ["https://clarifai.com/me/a/models/m/versions/v2?x=1", { id: "m", userId: "me", appId: "a", version: "v2" }]
  ])("%s", (text, reference) => expect(parseModel(text)).toEqual(reference))

  it.each(["", " ", "a/b", "..", ".", "a/b/c/d", "@v1", "https://example.com/x"])("%j is not valid", (text) =>
    expect(() => parseModel(text)).toThrow(/is not valid; give its id, id@version, user\/app\/id/)
  )
})
