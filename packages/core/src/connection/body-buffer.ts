/** Memory for the bodies of answers, used again and again. Only Node comes here. */
import type { Octets } from "../wire/codec/parse-json.ts"

interface BufferHost {
  readonly Buffer: { readonly from: (bytes: ArrayBufferLike, at: number, length: number) => Octets }
}

/** Memory that bodies are collected in, one after another: new memory for each costs more than to read what is in it. */
const spare: Array<Uint8Array<ArrayBuffer>> = []
const [spareBytes, mostSpare] = [1024 * 1024, 8]

/** A body being received. `declared` is its content length, or `NaN`. A body that arrives in one chunk is not copied. */
export class Collected {
  readonly #declared: number
  #only: Octets | undefined
  #memory: Uint8Array<ArrayBuffer> | undefined
  length = 0

  constructor(declared: number) {
    this.#declared = declared
  }

  /** Takes the next piece. */
  add(chunk: Octets): void {
    const at = this.length
    this.length += chunk.byteLength
    if (at === 0 && (this.length === this.#declared || Number.isNaN(this.#declared))) {
      this.#only = chunk
      return
    }
    const memory = this.#room(this.length)
    if (this.#only !== undefined) memory.set(this.#only)
    this.#only = undefined
    memory.set(chunk, at)
  }

  /** What `read` makes of the whole, whose bytes are its own only until it returns. Afterwards nothing is left. */
  read<A>(read: (body: Octets) => A): A {
    const { Buffer } = globalThis as unknown as BufferHost // only Node comes here
    const memory = this.#memory
    // Copied even if one chunk is the whole body: to V8, Buffers that Node makes inside are another kind, and what was
    // compiled for the one would be thrown away at the first of the other.
    const { buffer, byteOffset } = this.#only ?? { buffer: memory?.buffer ?? new ArrayBuffer(0), byteOffset: 0 }
    const made = read(Buffer.from(buffer, byteOffset, this.length))
    this.#only = this.#memory = undefined
    if (memory?.byteLength === spareBytes && spare.length < mostSpare) spare.push(memory)
    return made
  }

  #room(length: number): Uint8Array<ArrayBuffer> {
    const before = this.#memory
    if (before !== undefined && before.byteLength >= length) return before
    const wanted = Math.max(length, this.#declared || 0)
    const room =
      (wanted <= spareBytes ? spare.pop() : undefined) ?? new Uint8Array(Math.max(wanted, length * 2, spareBytes))
    if (before !== undefined) room.set(before)
    return (this.#memory = room)
  }
}
