import { bullmqConformance } from "./bullmq.ts"

bullmqConformance("redis", "sqlite")
bullmqConformance("postgres", "postgres")
