/** The door for tests: what a test of an app or a plugin needs, for any test runner. */
export type { AnyPlugin } from "./plugin/contract.ts"
export { type FakeCall, fakeConnection, type FakeConnection } from "./testing/fake-connection.ts"
export { type Law, lawsOf, type Subject } from "./testing/laws.ts"
export { type Exchange, type RecordedConnection, recordedConnection, recording } from "./testing/recorded-connection.ts"
