// Jobs on BullMQ: units are delivered by Redis or Postgres, to workers on any number of machines.
export {
  bullmq,
  type BullmqOptions,
  type PostgresBullmqOptions,
  type RedisBullmqOptions
} from "./executors/bullmq-executor.ts"
export type { LedgerPlace } from "./executors/ledger-place.ts"
