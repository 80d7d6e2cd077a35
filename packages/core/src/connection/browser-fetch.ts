/**
 * What stands in for `node-fetch.ts` and `body-memory.ts` in a bundle for browsers (package.json, `browser`): there is
 * no Node to ask, and the runtime's own `fetch` may keep a body.
 */
import type { makeBodyMemory as makeInNode } from "./body-memory.ts"
import type { leanFetch as leanInNode } from "./node-fetch.ts"

/** A connection uses the runtime's own `fetch`. */
export const leanFetch: typeof leanInNode = () => undefined

/** No body is written anew. */
export const makeBodyMemory: typeof makeInNode = () => undefined
