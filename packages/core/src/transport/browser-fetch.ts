/** What stands in for `node-fetch.ts` in a bundle for browsers (package.json, `browser`): there is no Node to ask. */
import type { forgetsBodies as forgetsInNode, leanFetch as leanInNode } from "./node-fetch.ts"

/** Elsewhere than in Node a connection uses the runtime's own `fetch`. */
export const leanFetch: typeof leanInNode = () => undefined

/** The runtime's own `fetch` may keep a body. */
export const forgetsBodies: typeof forgetsInNode = () => false
