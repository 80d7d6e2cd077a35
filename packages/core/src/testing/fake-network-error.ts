/** A failure that a network or a service would make, and no mistake of the test. */
export class FakeNetworkError extends TypeError {
  constructor() {
    super("fetch failed", { cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }) })
  }
}
