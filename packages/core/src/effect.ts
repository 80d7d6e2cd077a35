/** The door for Effect users: services, stages and streams beside what Promise users have. */
export { type EncodedPicture, ImageCodec, type Picture } from "./media/codec.ts"
export { Files } from "./media/files.ts"
export { Urls } from "./media/remote.ts"
export { readBytes } from "./media/read.ts"
export { type AnyStage, keep, spread, type Stage, stage, type Verbs } from "./pipeline/stage.ts"
export { type Duplex, type DuplexCall, NotSupported } from "./transport/duplex.ts"
export { expectSuccess, makeWire, type Wire } from "./transport/exchange.ts"
export { type Call, send } from "./transport/send.ts"
