/** What every workflow must state: pinned actions, permissions of each job, an end, and no credentials left in the checkout. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../run-command.ts"

const folder = join(root, ".github", "workflows")
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }))

/** The text of each job, by name. */
const jobsOf = (text: string): ReadonlyArray<readonly [string, string]> => {
  const parts = (text.split(/^jobs:\n/m)[1] ?? "").split(/^ {2}([\w-]+):\n/m).slice(1)
  return parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1] ?? ""] as const] : []))
}

it("there are workflows for checks, releases, and what is found later", () => {
  expect(workflows.map(({ name }) => name)).toEqual([
    "ci.yml",
    "codeql.yml",
    "long.yml",
    "release.yml",
    "scorecard.yml"
  ])
})

describe.each(workflows)("$name", ({ text }) => {
  it("names each action by its full commit and its version", () => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action = ""]) => action)
    expect(uses.length).toBeGreaterThan(0)
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it("grants nothing by itself, and lets each job end", () => {
    expect(text).toMatch(/^permissions: \{\}$/m)
    expect(text).toMatch(/^concurrency:$/m)
    const jobs = jobsOf(text)
    expect(jobs.length).toBeGreaterThan(0)
    for (const [name, job] of jobs) {
      expect([name, job]).toEqual([name, expect.stringMatching(/^ {4}permissions:$/m)])
      expect([name, job]).toEqual([name, expect.stringMatching(/^ {4}timeout-minutes: \d+$/m)])
    }
  })

  it("leaves no credentials in a checkout", () => {
    const checkouts = text.split("uses: actions/checkout@").slice(1)
    for (const checkout of checkouts) expect(checkout.split("- ")[0]).toContain("persist-credentials: false")
  })
})

it("one action has one commit in all workflows", () => {
  const commits = new Map<string, string>()
  for (const { text } of workflows)
    for (const [, action = "", commit = ""] of text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@([0-9a-f]{40})/g)) {
      expect([action, commits.get(action) ?? commit]).toEqual([action, commit])
      commits.set(action, commit)
    }
})
