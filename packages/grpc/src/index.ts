// A connection over gRPC: the same chains as over HTTP, media as bytes, and live streams in both directions.
export { grpc, type GrpcOptions } from "./grpc.ts"
