// Door for transports that carry protobuf's binary form, such as gRPC: the binary codec, and the methods of the service.
export { decodeBinary } from "./wire/codec/decode-binary.ts"
export { encodeBinary } from "./wire/codec/encode-binary.ts"
export type { HttpBinding, Method } from "./wire/service/rpc-method.ts"
export {
  bindRequest,
  type HttpRequestParts,
  matchMethod,
  type MethodMatch,
  methods,
  serviceName,
  setField
} from "./wire/service/service.ts"
export type { HasValue } from "./connection/response-body.ts"
