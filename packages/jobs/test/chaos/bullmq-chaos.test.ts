import { bullmqChaos } from "./bullmq-chaos.ts"

bullmqChaos({ backends: ["redis"], kills: 3, restartEvery: 2, timeoutMs: 600_000 })
