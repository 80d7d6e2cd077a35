import { Mask, type Outcome } from "@sightline/core"
import { InputRejected, TimedOut } from "@sightline/core/plugin"
import { expect, it } from "vitest"
import { MaybePaid } from "../../src/errors.ts"
import { decodeOutcome, encodeOutcome, SettledError } from "../../src/ledger/outcome-json.ts"

const facts = { index: 3, key: "a", attempts: 1, requestId: "r" }
const roundTrip = (outcome: Outcome<unknown, unknown>) => decodeOutcome(encodeOutcome(outcome))
const errorOf = (outcome: Outcome<unknown, unknown>) => (outcome.ok ? undefined : outcome.error)

it("keeps numbers, bytes, dates and masks", async () => {
  const value = {
    scores: [0.1, -0, Number.NaN, Infinity],
    vector: [0.1, 0.2],
    made: { bytes: new Uint8Array([0, 255]) },
    at: new Date(5),
    mask: new Mask({ base64: "iVBORw==", image_info: { width: 2, height: 1 } })
  }
  const back = roundTrip({ ok: true, value, ...facts })
  expect(back).toMatchObject({ ok: true, ...facts })
  const { mask, scores, ...rest } = (back as unknown as { readonly value: typeof value }).value
  expect(rest).toEqual({ vector: value.vector, made: value.made, at: value.at })
  expect(scores).toEqual([0.1, 0, Number.NaN, Infinity])
  expect(mask).toBeInstanceOf(Mask)
  expect(mask).toMatchObject({ width: 2, height: 1, bytes: value.mask.bytes })
})

it("keeps errors of known classes, with their fields and messages", () => {
  const errors = [
    new InputRejected({ index: 3, code: 30002, description: "Failed", retryable: false }),
    new MaybePaid({ job: "j", index: 3 }),
    new TimedOut({ what: "run", timeoutMs: 5, answers: [], index: 3 })
  ]
  for (const error of errors) {
    const back = errorOf(roundTrip({ ok: false, error, ...facts }))
    expect(back).toBeInstanceOf(error.constructor)
    expect(back).toMatchObject({ _tag: error._tag, message: error.message, retryable: error.retryable })
  }
})

it("keeps the tag, message and fields of an error of another class", () => {
  class Jammed extends Error {
    readonly _tag = "Jammed"
    readonly tray = 2
    readonly retryable = true
  }
  const back = errorOf(roundTrip({ ok: false, error: new Jammed("no paper"), ...facts }))
  expect(back).toBeInstanceOf(SettledError)
  expect(back).toMatchObject({ _tag: "Jammed", message: "no paper", retryable: true, fields: { tray: 2 } })
})
