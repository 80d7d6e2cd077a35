/** The door for tests: the parts that a test of an app or a plugin needs. */
export { type FakeCall, fakeConnection, type FakeConnection } from "./testing/fake.ts"
