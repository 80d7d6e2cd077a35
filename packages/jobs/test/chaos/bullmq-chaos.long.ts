import { bullmqChaos } from "./bullmq-chaos.ts"

bullmqChaos({ backends: ["redis", "postgres"], kills: 200, restartEvery: 20, timeoutMs: 3_600_000 })
