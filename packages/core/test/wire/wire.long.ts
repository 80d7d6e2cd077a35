// The properties of every message, tried for long.
import "./binary.test.ts"
import "./codec/decode-binary.test.ts"
import "./codec/parse-json.test.ts"
import "./contract.test.ts"
import "./property.test.ts"
