import { type Rule, rules } from "./rules.ts"

/** One phrase to write again, and where it stands. */
export interface Finding {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly phrase: string
  readonly instead: string
}

/** Finds every phrase of the rules in a text. */
export const findPhrases = (file: string, text: string, of: ReadonlyArray<Rule> = rules): ReadonlyArray<Finding> =>
  text.split("\n").flatMap((line, at) =>
    of.flatMap(({ instead, pattern }) => {
      const phrase = pattern.exec(line)?.[0]
      return phrase === undefined ? [] : [{ file, line: at + 1, phrase, instead }]
    })
  )
