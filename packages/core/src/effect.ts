/** The door for Effect users: services, stages and streams beside what Promise users have. */
export { type EncodedPicture, ImageCodec, type Picture } from "./media/image-codec.ts"
export { Files } from "./media/file-system.ts"
export { Urls } from "./media/download.ts"
export { readBytes } from "./media/read-bytes.ts"
export { type AnyStage, stageSame, stageMany, type Stage, stage, type Verbs } from "./chain/stage.ts"
export { type Duplex, type DuplexCall, NotSupported } from "./call/duplex-stream.ts"
export { expectSuccess, makeWire, type Wire } from "./call/call.ts"
export { type Call, send } from "./call/attempt.ts"
