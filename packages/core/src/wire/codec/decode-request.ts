// Decodes requests as a server must: clients of ten years send more than proto3 JSON allows.
import type { Field, FieldKind } from "../messages/field.ts"
import type { Message } from "../messages/message.ts"
import { type Decoded, Decoder, type DecodeProblem, Mismatch } from "./decode-json.ts"

/** Called for a malformed element of one of the request's own lists. */
export type OnMalformedElement = (list: string, index: number, problem: DecodeProblem) => unknown

/**
 * Decodes a request. Besides proto3 JSON it accepts numbers and booleans where text belongs, one element where a list
 * belongs, `null` where a list has a message, and `""` where a number or a boolean belongs.
 *
 * `onMalformedElement` returns what takes the place of a malformed element, so that its neighbors are not lost;
 * `undefined` makes the whole request malformed.
 */
export const decodeRequest = <A>(
  message: Message<A>,
  json: unknown,
  onMalformedElement?: OnMalformedElement
): Decoded<A> => new RequestDecoder(onMalformedElement).decode(message, json)

class RequestDecoder extends Decoder {
  readonly #onMalformedElement: OnMalformedElement | undefined

  constructor(onMalformedElement: OnMalformedElement | undefined) {
    super()
    this.#onMalformedElement = onMalformedElement
  }

  protected override isAbsent(field: Field<unknown>, given: unknown): boolean {
    return given === null || (given === "" && blankKinds.has(field.kind))
  }

  protected override text(given: unknown): string {
    return typeof given === "number" || typeof given === "boolean" ? String(given) : super.text(given)
  }

  protected override elements(given: unknown): ReadonlyArray<unknown> {
    return super.elements(Array.isArray(given) ? given : [given])
  }

  protected override element(item: Field<unknown>, given: unknown): unknown {
    const value = given === null && item.kind === "message" ? {} : given
    const [list, index] = this.path
    if (this.path.length > 2 || typeof list !== "string" || typeof index !== "number") return this.field(item, value)
    try {
      return this.field(item, value)
    } catch (thrown) {
      if (!(thrown instanceof Mismatch)) throw thrown
      const replacement = this.#onMalformedElement?.(list, index, thrown.problem)
      if (replacement === undefined) throw thrown
      this.path.length = 2
      return replacement
    }
  }
}

/** Kinds whose `""` means that the field is absent. */
const blankKinds: ReadonlySet<FieldKind> = /* @__PURE__ */ new Set([
  "bool",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float",
  "double",
  "enum"
])
