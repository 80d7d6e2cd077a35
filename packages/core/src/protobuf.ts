// Door for transports that carry protobuf's binary form, such as gRPC.
export { decodeBinary } from "./wire/codec/decode-binary.ts"
export { encodeBinary } from "./wire/codec/encode-binary.ts"
