import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { findEngineFolder } from "../../src/connection/find-engine-folder.ts"
import { temporaryFolder } from "../support/folders.ts"

describe("the engine's folder", () => {
  it("is the nearest one in the current folder or above it", () => {
    using at = temporaryFolder()
    const deep = join(at.path, "a", "b", "c")
    mkdirSync(deep, { recursive: true })
    expect(findEngineFolder(deep)).toBeUndefined()
    at.write(".sightline", "a file of this name is not a folder")
    expect(findEngineFolder(deep)).toBeUndefined()
    mkdirSync(join(at.path, "a", ".sightline"))
    expect(findEngineFolder(deep)).toBe(join(at.path, "a", ".sightline"))
    mkdirSync(join(deep, ".sightline"))
    expect(findEngineFolder(deep)).toBe(join(deep, ".sightline"))
  })
})
