/** Finds out which output answers which input of a call. */
import type { OutputWire } from "../wire/output.ts"

/** What an input can be recognised by in an answer. */
export interface Identity {
  /** The caller's own id. */
  readonly id?: string | undefined
  /** The address it was given by. */
  readonly url: string | undefined
}

const echoOf = (output: unknown): Identity => {
  const input = (output as OutputWire | null | undefined)?.input // read again, and checked, by the codec
  const data = input?.data
  const url: unknown = data?.image?.url ?? data?.video?.url ?? data?.audio?.url ?? data?.text?.url
  return { id: typeof input?.id === "string" ? input.id : undefined, url: typeof url === "string" ? url : undefined }
}

/** By the id where both have one that can be compared, else by the address; undefined where nothing tells. */
const agree = (sent: Identity, echoed: Identity, ids: ReadonlySet<string | undefined>): boolean | undefined => {
  if (sent.id !== undefined && echoed.id !== undefined && ids.has(echoed.id)) return sent.id === echoed.id
  return sent.url !== undefined && echoed.url !== undefined && echoed.url !== "" ? sent.url === echoed.url : undefined
}

/**
 * The output for each input, in the order of the inputs; undefined for one whose answer is not there.
 *
 * The service keeps the order and the count, so that order decides unless ids or addresses that it repeats say
 * otherwise. Where the count is wrong, only outputs that can be recognised are used: a wrong answer is worse than none.
 */
export const align = (sent: ReadonlyArray<Identity>, outputs: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const echoes = outputs.map(echoOf)
  const ids = new Set(sent.map(({ id }) => id))
  const whole = outputs.length === sent.length
  if (whole && sent.every((one, i) => agree(one, echoes[i] ?? one, ids) !== false)) return outputs
  const left = new Map<string, Array<unknown>>()
  const urls = new Set(sent.map(({ url }) => url))
  let recognised = 0
  echoes.forEach(({ id, url }, i) => {
    const name = id !== undefined && ids.has(id) ? `id ${id}` : urls.has(url) ? `url ${url}` : undefined
    if (name === undefined) return
    recognised++
    left.set(name, [...(left.get(name) ?? []), outputs[i]])
  })
  // addresses that the service has rewritten tell nothing, and then the order is all there is
  if (whole && recognised < outputs.length) return outputs
  return sent.map(({ id, url }) => (left.get(`id ${id}`) ?? left.get(`url ${url}`))?.shift())
}
