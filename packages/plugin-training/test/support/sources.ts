/** Helpers for tests of example sources. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Example, ExamplesUnreadable } from "../../src/index.ts"

/** Writes a file and returns its path. */
export const write = (folder: string, name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** The problem of examples that cannot be read; empty if they can. */
export const problemOf = async (examples: AsyncIterable<Example>): Promise<string> => {
  try {
    await Array.fromAsync(examples)
  } catch (error) {
    if (error instanceof ExamplesUnreadable) return error.problem
    throw error
  }
  return ""
}

/** A name in composed Unicode, as keyboards give it, and the same in decomposed Unicode, as Apple's file systems do. */
export const composed = "caf\u00e9"
export const decomposed = "cafe\u0301"
