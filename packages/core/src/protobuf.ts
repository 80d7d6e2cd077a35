// Door for transports that carry protobuf's binary form, such as gRPC: the binary codec, and the methods of the service.
export { decodeBinary } from "./wire/codec/decode-binary.ts"
export { encodeBinary } from "./wire/codec/encode-binary.ts"
export * from "./wire/service/app-methods.ts"
export * from "./wire/service/concept-methods.ts"
export * from "./wire/service/input-methods.ts"
export * from "./wire/service/model-methods.ts"
export * from "./wire/service/prediction-methods.ts"
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
export { attachmentsOf } from "./connection/attachments.ts"
export type { HasValue } from "./connection/response-body.ts"
