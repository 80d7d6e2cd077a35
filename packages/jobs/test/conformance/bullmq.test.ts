import { bullmqConformance } from "./bullmq.ts"

bullmqConformance("redis", "postgres")
