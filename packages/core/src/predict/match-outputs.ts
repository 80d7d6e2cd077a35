/** Finds out which output answers which input of a call. */
import type { DataWire } from "../wire/messages/data-messages.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"

/** What an input can be recognised by in an answer. */
export interface InputIdentity {
  /** The caller's own id. */
  readonly id?: string | undefined
  /** The address it was given by. */
  readonly url: string | undefined
}

const urlOf = (data: DataWire | undefined): unknown =>
  data?.image?.url ?? data?.video?.url ?? data?.audio?.url ?? data?.text?.url

const echoedIdentity = (output: unknown): InputIdentity => {
  const input = (output as OutputWire | null | undefined)?.input // read again, and checked, by the codec
  const url = urlOf(input?.data)
  return { id: typeof input?.id === "string" ? input.id : undefined, url: typeof url === "string" ? url : undefined }
}

/** True when nothing says that this output is about another input. Makes no objects: this is asked of every answer. */
const mayMatch = (sent: InputIdentity, output: unknown): boolean => {
  const input = (output as OutputWire | null | undefined)?.input // read again, and checked, by the codec
  if (input === undefined || input === null) return true
  if (sent.id !== undefined && differs(sent.id, input.id)) return false
  return sent.url === undefined || !differs(sent.url, urlOf(input.data))
}

const differs = (sent: string, echoed: unknown): boolean =>
  typeof echoed === "string" && echoed !== "" && sent !== echoed

/**
 * The output for each input, in the order of the inputs; undefined for one whose answer is not there.
 *
 * The service keeps the order and the count, so that order decides unless ids or addresses that it repeats say
 * otherwise. Outputs that cannot be recognised, such as those of rewritten addresses, then answer the inputs that are
 * left, in order. Where the count is wrong, only outputs that can be recognised are used: a wrong answer is worse than
 * none.
 */
export const matchOutputs = (
  sent: ReadonlyArray<InputIdentity>,
  outputs: ReadonlyArray<unknown>
): ReadonlyArray<unknown> => {
  const whole = outputs.length === sent.length
  if (whole && sent.every((one, i) => mayMatch(one, outputs[i]))) return outputs
  const ids = new Set(sent.map(({ id }) => id))
  const urls = new Set(sent.map(({ url }) => url))
  const named = new Map<string, Array<unknown>>()
  for (const output of outputs) {
    const { id, url } = echoedIdentity(output)
    const name =
      id !== undefined && ids.has(id) ? `id ${id}` : url !== undefined && urls.has(url) ? `url ${url}` : undefined
    if (name !== undefined) named.set(name, [...(named.get(name) ?? []), output])
  }
  const found = sent.map(({ id, url }) => (named.get(`id ${id}`) ?? named.get(`url ${url}`))?.shift())
  if (!whole) return found
  const used = new Set(found)
  const left = outputs.filter((output) => !used.has(output))
  return found.map((output) => output ?? left.shift())
}
