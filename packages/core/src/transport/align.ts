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

const toldApart = (sent: string | undefined, echoed: string | undefined): boolean =>
  sent !== undefined && echoed !== undefined && echoed !== "" && sent !== echoed

/** True when nothing says that this output is about another input. */
const mayAnswer = (sent: Identity, output: unknown): boolean => {
  const echo = echoOf(output)
  return !toldApart(sent.id, echo.id) && !toldApart(sent.url, echo.url)
}

/**
 * The output for each input, in the order of the inputs; undefined for one whose answer is not there.
 *
 * The service keeps the order and the count, so that order decides unless ids or addresses that it repeats say
 * otherwise. Where the count is wrong, only outputs that can be recognised are used: a wrong answer is worse than none.
 */
export const align = (sent: ReadonlyArray<Identity>, outputs: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const whole = outputs.length === sent.length
  if (whole && sent.every((one, i) => mayAnswer(one, outputs[i]))) return outputs
  const echoes = outputs.map(echoOf)
  const ids = new Set(sent.map(({ id }) => id))
  const left = new Map<string, Array<unknown>>()
  const urls = new Set(sent.map(({ url }) => url))
  let recognised = 0
  echoes.forEach(({ id, url }, i) => {
    const name =
      id !== undefined && ids.has(id) ? `id ${id}` : url !== undefined && urls.has(url) ? `url ${url}` : undefined
    if (name === undefined) return
    recognised++
    left.set(name, [...(left.get(name) ?? []), outputs[i]])
  })
  // addresses that the service has rewritten tell nothing, and then the order is all there is
  if (whole && recognised < outputs.length) return outputs
  return sent.map(({ id, url }) => (left.get(`id ${id}`) ?? left.get(`url ${url}`))?.shift())
}
