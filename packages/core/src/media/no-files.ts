/** The file system of browsers and workers: none. */
import * as Effect from "effect/Effect"
import type { Files } from "./file-system.ts"

const none = Effect.fail("files cannot be read here; give bytes, a Blob or a URL")

export const platformFiles: Files = { read: () => none, size: () => none }
