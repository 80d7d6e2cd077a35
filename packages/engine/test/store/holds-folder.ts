/** Owns an engine folder until it is killed. */
import { engine } from "../../src/index.ts"

const local = engine({ directory: process.argv[2] ?? "", embedder: "fast", workers: 1 })
await local.fetch("/v2/inputs")
process.send?.("open")
setInterval(() => {}, 1000)
