/** Prose: words and phrases that code, comments and pages must not use, each with what to write instead. */

export interface Rule {
  readonly pattern: RegExp
  readonly instead: string
}

/** A new rule must find nothing else than what it is meant for: the check has no exemptions. */
export const rules: ReadonlyArray<Rule> = [
  { pattern: /\b(?:told|tells?|telling)\b/i, instead: "reports, returns, contains, calls, or nothing" },
  { pattern: /(?<!"Three )\bthings?\b/i, instead: "the noun: input, item, value" },
  { pattern: /\bwhat is held\b|\bwhat it holds\b/i, instead: "the current value" },
  { pattern: /\bin (?:our|its own) words\b/i, instead: "decoded" },
  { pattern: /\bby (?:itself|themselves)\b/i, instead: "independently, alone, separately" },
  { pattern: /\bof (?:its|their|his|our|your) own\b/i, instead: "its own X, custom, separate" },
  { pattern: /\bhands\b/i, instead: "passes, gives, returns" },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, instead: "fix" },
  {
    pattern:
      /\bis no (?:list|text|number|function|object|array|path|plugin|option|model|picture|address|connection)\b/i,
    instead: "must be a …; is not a …"
  },
  { pattern: /\bcannot be right\b/i, instead: "the accepted range" },
  { pattern: /\bnobody\b/i, instead: "no caller, unknown" },
  { pattern: /\bwhom\b|\bwhoever\b/i, instead: "a shorter sentence" },
  { pattern: /\blearnt\b/i, instead: "learned, trained" },
  { pattern: /\banew\b/i, instead: "again" },
  { pattern: /\bmanieth\b/i, instead: "n-th" },
  { pattern: /\bkept back\b/i, instead: "held out" },
  { pattern: /\bin the place of\b/i, instead: "instead of" },
  { pattern: /\b(?:ever|evermore) (?:less|more) often\b/i, instead: "with increasing delays" },
  { pattern: /\bwrote himself\b|\btheir own eyes\b/i, instead: "the field's term" }
]
