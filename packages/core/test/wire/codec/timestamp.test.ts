import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  parseDuration,
  parseTimestamp,
  printDuration,
  printTimestamp,
  type SecondsAndNanos
} from "../../../src/wire/codec/timestamp.ts"

describe("a time", () => {
  it.each<[string, SecondsAndNanos]>([
    ["1970-01-01T00:00:00Z", { seconds: 0, nanos: 0 }],
    ["2024-05-01T10:20:30Z", { seconds: 1_714_558_830, nanos: 0 }],
    ["2024-05-01T10:20:30.123Z", { seconds: 1_714_558_830, nanos: 123_000_000 }],
    ["2024-05-01T10:20:30.000123Z", { seconds: 1_714_558_830, nanos: 123_000 }],
    ["2024-05-01T10:20:30.123456789Z", { seconds: 1_714_558_830, nanos: 123_456_789 }],
    ["1969-12-31T23:59:59.250Z", { seconds: -1, nanos: 250_000_000 }]
  ])("%s is parsed and printed", (text, time) => {
    assert.deepStrictEqual(parseTimestamp(text), time)
    assert.strictEqual(printTimestamp(time), text)
  })
  it.each<[string, SecondsAndNanos]>([
    ["2024-05-01T12:20:30.5+02:00", { seconds: 1_714_558_830, nanos: 500_000_000 }],
    ["2024-05-01T08:50:30-01:30", { seconds: 1_714_558_830, nanos: 0 }],
    ["2024-05-01t10:20:30z", { seconds: 1_714_558_830, nanos: 0 }]
  ])("%s is parsed", (text, time) => assert.deepStrictEqual(parseTimestamp(text), time))
  it.each([
    "",
    "yesterday",
    "2024-05-01",
    "2024-05-01T10:20:30",
    "2024-05-01 10:20:30Z",
    "2024-05-01T10:20Z",
    "2024-13-01T10:20:30Z",
    "2024-05-01T10:20:30.Z",
    "2024-05-01T10:20:30.1234567890Z",
    "2024-05-01T10:20:30+2:00",
    "2024-05-01T10:20:30+02:0",
    "x2024-05-01T10:20:30Z",
    "2024-05-01T10:20:30Zx",
    "224-05-01T10:20:30Z",
    "2024-5-01T10:20:30Z",
    "2024-05-1T10:20:30Z",
    "2024-05-01T1:20:30Z",
    "2024-05-01T10:2:30Z",
    "2024-05-01T10:20:3Z"
  ])("%j is none", (text) => assert.isUndefined(parseTimestamp(text)))
  it.each<[string, SecondsAndNanos]>([
    ["negative nanoseconds", { seconds: 0, nanos: -1 }],
    ["a whole second of nanoseconds", { seconds: 0, nanos: 1e9 }],
    ["more seconds than a Date holds", { seconds: 8.64e12 + 1, nanos: 0 }]
  ])("of %s is not printed", (_, time) => assert.isUndefined(printTimestamp(time)))
  it("of the last nanosecond of a second is printed", () =>
    assert.strictEqual(printTimestamp({ seconds: 0, nanos: 999_999_999 }), "1970-01-01T00:00:00.999999999Z"))
  it("is parsed as it is printed", () => {
    fc.assert(
      fc.property(fc.integer({ min: -6e10, max: 2.5e11 }), fc.nat(999_999_999), (seconds, nanos) => {
        const time = { seconds, nanos }
        assert.deepStrictEqual(parseTimestamp(printTimestamp(time) ?? ""), time)
      })
    )
  })
})

describe("a duration", () => {
  it.each<[string, SecondsAndNanos]>([
    ["0s", { seconds: 0, nanos: 0 }],
    ["12s", { seconds: 12, nanos: 0 }],
    ["1.500s", { seconds: 1, nanos: 500_000_000 }],
    ["0.000001s", { seconds: 0, nanos: 1000 }],
    ["0.000000001s", { seconds: 0, nanos: 1 }],
    ["-1.500s", { seconds: -1, nanos: -500_000_000 }],
    ["-3.000000001s", { seconds: -3, nanos: -1 }]
  ])("%s is parsed and printed", (text, duration) => {
    assert.deepStrictEqual(parseDuration(text), duration)
    assert.strictEqual(printDuration(duration), text)
  })
  it("of less than a second keeps its sign", () => {
    assert.strictEqual(printDuration({ seconds: 0, nanos: -500_000_000 }), "-0.500s")
    assert.strictEqual(parseDuration("-0.5s")?.nanos, -500_000_000)
  })
  it.each(["", "s", "1", "1h", "1.s", ".5s", "+1s", "--1s", "1.1234567890s", "1ss", "x1s", "1 s"])(
    "%j is none",
    (text) => assert.isUndefined(parseDuration(text))
  )
})
