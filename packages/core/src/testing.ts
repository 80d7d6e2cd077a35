/** The door for tests: what a test of an app or a plugin needs, for any test runner. */
import "./errors/require-node.ts"
export type { AnyPlugin } from "./plugin/contract.ts"
export { type FakeFailure, failWith } from "./testing/fail-with.ts"
export { type FakeAnswer, type FakeCall, fakeConnection, type FakeConnection } from "./testing/fake-connection.ts"
export {
  type FakeAnswerOf,
  type FakeConcept,
  type FakeFrame,
  type FakeInput,
  fakeModel,
  type FakeRegion
} from "./testing/fake-model.ts"
export { type Law, lawsOf, type Subject } from "./testing/plugin-laws.ts"
export { type Exchange, type RecordedConnection, recordedConnection, recording } from "./testing/recorded-connection.ts"
