// A connection over gRPC: the same chains as over HTTP, media as bytes, and streams in both directions.
export { grpc, type GrpcOptions } from "./grpc.ts"
export { buffer, dropNewest, dropOldest, type LivePolicy, newestOnly, wait } from "./live-source.ts"
export { type StreamedOutcome, streamPredictions, type StreamPredictionsOptions } from "./stream-predictions.ts"
