/** Writes WebAssembly: just the instructions that the matrix kernel needs (WebAssembly core specification 2.0, §5). */

/** Bytes of code or of a section. */
export type Code = ReadonlyArray<number>

/** Pieces of code, one after another. */
export const code = (...pieces: ReadonlyArray<Code>): Code => pieces.flat()

/** An unsigned number in LEB128. */
export const unsigned = (value: number): Code =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))]

/** A signed number in LEB128. */
export const signed = (value: number): Code => {
  const low = value & 127
  const rest = value >> 7
  return (rest === 0 && low < 64) || (rest === -1 && low >= 64) ? [low] : [low | 128, ...signed(rest)]
}

/** Value types. */
export const i32 = 0x7f
export const v128 = 0x7b

const memory = (offset: number): Code => [2, ...unsigned(offset)] // aligned to 4 bytes

/** Instructions on locals and 32-bit integers. */
export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number): Code => [0x21, ...unsigned(local)]
export const constant = (value: number): Code => [0x41, ...signed(value)]
export const add: Code = [0x6a]
export const multiply: Code = [0x6c]
/** The integer at an address on the stack. */
export const loadInteger = (offset: number): Code => [0x28, ...memory(offset)]
/** `local += amount`, where `amount` is code that leaves an integer. */
export const increase = (local: number, amount: Code): Code => [...get(local), ...amount, ...add, ...set(local)]

/** Runs `body` for `local` = 0, `step`, 2 `step` … below the local `end`. */
export const countUp = (local: number, end: number, step: number, body: Code): Code =>
  code(
    code(constant(0), set(local)),
    [0x02, 0x40, 0x03, 0x40], // block, loop
    code(get(local), get(end), [0x4e, 0x0d, 1]), // leave the block when local ≥ end
    body,
    increase(local, constant(step)),
    [0x0c, 0, 0x0b, 0x0b] // again; end of loop and block
  )

const simd = (operation: number): Code => [0xfd, ...unsigned(operation)]

/** Instructions on vectors of four 32-bit floats; addresses are on the stack. */
export const load = (offset: number): Code => [...simd(0x00), ...memory(offset)]
export const loadSplat = (offset: number): Code => [...simd(0x09), ...memory(offset)]
export const store = (offset: number): Code => [...simd(0x0b), ...memory(offset)]
export const addFloats: Code = simd(0xe4)
export const subtractFloats: Code = simd(0xe5)
export const multiplyFloats: Code = simd(0xe6)
export const maxFloats: Code = simd(0xe9)
/** Two vectors: four ones or zeros in a row of bits, where the first is not below the second. */
export const notBelow: Code = [...simd(0x46), ...simd(0xa4)]
/** One vector: its numbers in another order. */
export const reorder = (local: number, order: ReadonlyArray<number>): Code => [
  ...get(local),
  ...get(local),
  ...simd(0x0d),
  ...order.flatMap((from) => [0, 1, 2, 3].map((byte) => from * 4 + byte))
]
/** Writes the lowest byte of an integer. */
export const storeByte = (offset: number): Code => [0x3a, 0, ...unsigned(offset)]

const magic: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0] // "\0asm", version 1

const section = (id: number, body: Code): Code => [id, ...unsigned(body.length), ...body]
const name = (text: string): Code => [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))]

/** A module that imports its memory as `env.memory` and exports one function of `parameters` integers as `run`. */
export const moduleOf = (
  parameters: number,
  integers: number,
  vectors: number,
  body: Code
): Uint8Array<ArrayBuffer> => {
  const type = [0x60, ...unsigned(parameters), ...Array.from({ length: parameters }, () => i32), 0]
  const locals = [2, ...unsigned(integers), i32, ...unsigned(vectors), v128]
  const own = [...locals, ...body, 0x0b]
  return Uint8Array.from([
    ...magic,
    ...section(1, [1, ...type]),
    ...section(2, [1, ...name("env"), ...name("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("run"), 0, 0]),
    ...section(10, [1, ...unsigned(own.length), ...own])
  ])
}
