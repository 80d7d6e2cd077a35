import { expect, it } from "vitest"
import { findPhrases } from "../prose/find.ts"

it("a phrase of the rules is found with its line and its replacement", () => {
  const found = findPhrases("a.ts", "const a = 1\n// Told of every call, by itself\n")
  expect(found).toEqual([
    { file: "a.ts", line: 2, phrase: "Told", instead: "reports, returns, contains, calls, or nothing" },
    { file: "a.ts", line: 2, phrase: "by itself", instead: "independently, alone, separately" }
  ])
})

it("plain sentences and longer words are not found", () => {
  const text =
    "Nothing is sent. Something, anything, everything. Recommended; handshake; a threshold. The number is notable."
  expect(findPhrases("a.md", text)).toEqual([])
})
