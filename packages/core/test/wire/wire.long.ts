// The properties of every message, tried for long.
import "./contract.test.ts"
import "./property.test.ts"
