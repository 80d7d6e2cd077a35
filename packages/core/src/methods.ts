/** The door for methods of models: those that take named arguments instead of one medium. */
import "./errors/require-node.ts"
export { method, type Method, type MethodOptions, type MethodOwner } from "./methods/method.ts"
export { type Called, type CallOptions, type MethodMembers, methods } from "./methods/methods-plugin.ts"
export type { Parameter, Signature } from "./methods/signatures.ts"
export type { Arguments, FlatType, Given, MethodType, PlainType, Result, Takes } from "./methods/method-types.ts"
export type { NdArray } from "./results/generated-media.ts"
