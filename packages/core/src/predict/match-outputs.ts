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

const differs = (sent: string, echoed: unknown): boolean =>
  typeof echoed === "string" && echoed !== "" && sent !== echoed

/** True when the output has the id of another input. An input without an id may have been given one by the service. */
const isOfOther = (sent: string | undefined, output: unknown, ids: ReadonlySet<unknown>): boolean => {
  const id: unknown = (output as OutputWire | null | undefined)?.input?.id // read again, and checked, by the codec
  return sent === undefined ? ids.has(id) : differs(sent, id)
}

/** True when nothing says that this output is about another input. Makes no objects: this is asked of every answer. */
const mayMatch = (sent: InputIdentity, output: unknown, ids: ReadonlySet<unknown>): boolean => {
  if (isOfOther(sent.id, output, ids)) return false
  const data = (output as OutputWire | null | undefined)?.input?.data // the same
  return sent.url === undefined || !differs(sent.url, urlOf(data))
}

/**
 * The output for each input, in the order of the inputs; undefined for one whose answer is not there.
 *
 * The service keeps the order and the count, so that order decides unless ids or addresses that it repeats say
 * otherwise. Outputs that cannot be recognised, such as those of rewritten addresses, then answer the inputs that are
 * left, in order. Where the count is wrong, only outputs that can be recognised are used. An output with the id of
 * another input is never used: a wrong answer is worse than none.
 */
export const matchOutputs = (
  sent: ReadonlyArray<InputIdentity>,
  outputs: ReadonlyArray<unknown>
): ReadonlyArray<unknown> => {
  const whole = outputs.length === sent.length
  // inputs without an id must not be given an answer of those with one
  const ids = new Set<unknown>(sent.flatMap(({ id }) => id ?? []))
  if (whole && sent.every((one, i) => mayMatch(one, outputs[i], ids))) return outputs
  const found = byIdentity(sent, outputs)
  const used = new Set(found)
  const left = whole ? outputs.filter((output) => !used.has(output)) : []
  return found.map((output, i) => {
    const own = output ?? left.shift()
    return isOfOther(sent[i]?.id, own, ids) ? undefined : own
  })
}

/** The output that is about each input, by its id or else its address; undefined where none can be recognised. */
const byIdentity = (sent: ReadonlyArray<InputIdentity>, outputs: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const sentIds = new Set(sent.map(({ id }) => id))
  const urls = new Set(sent.map(({ url }) => url))
  const named = Map.groupBy(outputs, (output) => {
    const { id, url } = echoedIdentity(output)
    if (id !== undefined && sentIds.has(id)) return `id ${id}`
    return url !== undefined && urls.has(url) ? `url ${url}` : undefined
  })
  return sent.map(({ id, url }) => (named.get(`id ${id}`) ?? named.get(`url ${url}`))?.shift())
}
