// Properties of calls and pictures, tried for long.
import "./faults/redaction.test.ts"
import "./verbs/crops.test.ts"
