// The properties of every message, tried for long.
import "./binary.test.ts"
import "./contract.test.ts"
import "./property.test.ts"
