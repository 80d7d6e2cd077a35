// Streams cut after every byte.
import "./generate.test.ts"
import "./server-stream-cut.test.ts"
