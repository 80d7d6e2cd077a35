/** Submits jobs: checks the chain, then lists its inputs into the ledger. */
import type { Pipeline, PortablePipeline } from "@sightline/core"
import { InvalidOption, run } from "@sightline/core/plugin"
import { type Budget, priceOf, type Prices } from "@sightline/core/portable"
import type * as Effect from "effect/Effect"
import { JobConflict, JobSourceFailed } from "../errors.ts"
import { defaultExecutor } from "../executors/default-executor.ts"
import type { Executor, OpenExecutor } from "../executors/executor.ts"
import type { JobRecord, JobSettings, OnMaybePaid } from "../ledger/ledger.ts"
import { isReference, type Reference, takesMany } from "../sources/reference.ts"
import { hashOf, type InputPage, type JobSource, listSource } from "../sources/source.ts"
import { checkBudget, modelsOf, takeBudget } from "./job-budget.ts"
import { jobHandle } from "./job-handle.ts"
import type { InputOf, Job } from "./job-types.ts"
import { cutUnits, planUnits, type UnitPlan } from "./plan-units.ts"

/** What {@link submit} takes. */
export interface SubmitOptions {
  /**
   * Where the inputs come from: a list of references, or `files`, `jsonLines`, `csv` or `listing`.
   *
   * @default the chain's own inputs
   */
  readonly source?: ReadonlyArray<Reference> | JobSource
  /**
   * The job's id, of letters, digits, ".", "_" and "-".
   *
   * @default a hash of the chain, its plugins with their versions, and the source
   */
  readonly id?: string
  /**
   * Where the job lives.
   *
   * @default the executor of this process
   */
  readonly executor?: Executor
  /**
   * Where the job stops, to be resumed with a new one. It holds over all calls of all workers.
   *
   * @default the chain's own: `chain.budget(..)`
   */
  readonly budget?: Budget
  /**
   * What happens with inputs that were sent when their worker ended: they settle as `MaybePaid`, or are sent again.
   *
   * @default "report"
   */
  readonly onMaybePaid?: OnMaybePaid
  /** Most calls in a second, over all workers. */
  readonly perSecond?: number
  /**
   * What inputs cost. Needed for a budget in US dollars.
   *
   * @default the prices of the chain's app
   */
  readonly prices?: Prices
}

const invalid = (option: string, problem: string): never => {
  throw new InvalidOption({ option, problem })
}

/** The inputs that a chain starts with, as a source. */
const ownSource = ({ source }: PortablePipeline): JobSource => {
  const [given] = source.args
  const inputs: ReadonlyArray<unknown> = source.verb === "inputs" && Array.isArray(given) ? given : [given]
  if (!inputs.every(isReference))
    return invalid(
      "source",
      `is missing, and the inputs of ${source.verb}(..) are not addresses; name the inputs with source`
    )
  return listSource(inputs)
}

const toSource = (source: SubmitOptions["source"], form: PortablePipeline): JobSource => {
  if (source === undefined) return ownSource(form)
  if (!("pages" in source)) {
    const wrong = source.findIndex((input) => !isReference(input))
    if (wrong !== -1)
      invalid(
        "source",
        `has at ${wrong} neither an address nor { url }, { file } or { text }; jobs take references, never bytes`
      )
    return listSource(source)
  }
  return source
}

/** The chain without its own inputs, which are the job's. */
const withoutInputs = (form: PortablePipeline): PortablePipeline => {
  const { args, verb } = form.source
  return takesMany(verb)
    ? { ...form, source: { verb: "inputs", args: [[]] } }
    : { ...form, source: { verb, args: [null, ...args.slice(1)] } }
}

/** The price of one input at all models of a chain together; undefined where one of them has none. */
const pricePerInput = (prices: Prices | undefined, form: PortablePipeline): number | undefined =>
  modelsOf(form).reduce<number | undefined>((sum, model) => {
    const price = priceOf(prices, model)
    return sum === undefined || price === undefined ? undefined : sum + price
  }, 0)

const settingsOf = (form: PortablePipeline, plan: UnitPlan, options: SubmitOptions): JobSettings => {
  const { budget = {}, onMaybePaid = "report", perSecond, prices } = options
  checkBudget(budget, prices, form)
  if (perSecond !== undefined && !(perSecond > 0)) invalid("perSecond", `is ${perSecond}; it must be above 0`)
  const usdPerInput = pricePerInput(prices, form)
  return {
    onMaybePaid,
    budget,
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(prices === undefined ? {} : { prices }),
    ...(usdPerInput === undefined ? {} : { usdPerInput }),
    ...(plan.calls === undefined ? {} : { callsPerUnit: plan.calls }),
    sentAtStart: !plan.isOneCall
  }
}

/** The pages of a source from `cursor` on, read once. `first`: the first input, for which some are read ahead. */
const openPages = async (source: JobSource, cursor: string | undefined) => {
  const pages = (async function* () {
    yield* source.pages(cursor)
  })()
  const ahead: Array<InputPage> = []
  let first: Reference | undefined
  while (first === undefined) {
    const next = await pages.next()
    if (next.done === true) break
    ahead.push(next.value)
    first = next.value.inputs[0]
  }
  const all = async function* (): AsyncGenerator<InputPage> {
    yield* ahead
    yield* pages
  }
  return { first, all, close: async () => void (await pages.return()) }
}

/** Lists the inputs that the ledger does not have yet. `job`: as it was when the pages were opened. */
const listInputs = async (
  { ledger }: OpenExecutor,
  source: JobSource,
  job: Pick<JobRecord, "id" | "inputs" | "cursor">,
  pages: AsyncIterable<InputPage>,
  plan: UnitPlan
): Promise<void> => {
  let { inputs } = job
  // a source without cursors starts again: those that are there are skipped
  let skip = job.cursor === undefined ? inputs : 0
  for await (const { cursor, inputs: page } of pages) {
    const rest = page.slice(Math.min(skip, page.length))
    skip -= page.length - rest.length
    const wrong = rest.findIndex((input) => !isReference(input))
    if (wrong !== -1)
      throw new JobSourceFailed({
        source: String(source.description["type"]),
        problem: `input ${inputs + wrong} is neither an address nor { url }, { file } or { text }`
      })
    const added = cutUnits(rest, inputs, plan)
    if (added.length === 0 && cursor === undefined) continue
    if (!(await run(ledger.addUnits(job.id, inputs, added, cursor)))) return // another process lists this job
    inputs += rest.length
  }
  await run(ledger.endListing(job.id))
}

type PortableChain = Pipeline<unknown, unknown, never, {}, "portable">

/** A chain that may be a job: one of named verbs with plain arguments. A chain that holds a function is none. */
export interface JobChain<out A, out E>
  extends Effect.Effect<A, E>, Pick<PortableChain, "~sightline/portability" | "~sightline/state"> {}

/**
 * Submits a chain over many inputs as a job, and resolves when its inputs are in the ledger. Submitting the same again is
 * the same job; a submission that was killed continues where it was. Workers run it: `work({ app })`.
 *
 * The chain starts with `inputs([])`, or with a source of one input such as `video(..)`, which is opened for each.
 *
 * @throws `InvalidOption`, `JobConflict`, `JobSourceFailed`, `LedgerUnavailable`
 * @example
 * const job = await submit(app.inputs([]).predict(models.general), { source: files("photos"), executor })
 */
export const submit = async <A, E>(
  chain: JobChain<A, E>,
  options: SubmitOptions = {}
): Promise<Job<InputOf<A, E>[0], InputOf<A, E>[1]>> => {
  const { executor = defaultExecutor } = options
  const own = chain as unknown as PortableChain // the same chain: its verbs are not of interest here
  const portable = own.toPortable()
  const source = toSource(options.source, portable)
  const { budget, form } = takeBudget(withoutInputs(portable))
  const { description } = source
  const id = options.id ?? hashOf({ form, source: description })
  if (!/^[\w.-]{1,128}$/.test(id)) invalid("id", 'must be 1 to 128 letters, digits, ".", "_" or "-"')
  const open = await executor["~open"]()
  const { prices } = own["~sightline/state"].runtime
  const given = { ...(budget === undefined ? {} : { budget }), ...(prices === undefined ? {} : { prices }) }
  const known = await run(open.ledger.get(id))
  if (known !== undefined) checkSame(known, form, description)
  if (known?.listed === true) return jobHandle(executor, id)
  const pages = await openPages(source, known?.cursor)
  try {
    const plan = await planUnits(own, pages.first)
    const settings = settingsOf(form, plan, { ...given, ...options })
    const texts = { form: JSON.stringify(form), source: JSON.stringify(description) }
    const job = await run(open.ledger.create({ id, ...texts, settings }))
    checkSame(job, form, description)
    const from = known ?? { id, inputs: job.cursor === undefined ? job.inputs : 0, cursor: undefined }
    await listInputs(open, source, from, pages.all(), plan)
    return jobHandle(executor, id)
  } finally {
    await pages.close()
  }
}

/** Throws `JobConflict` for a job with another chain or other inputs. */
const checkSame = (job: JobRecord, form: PortablePipeline, description: JobSource["description"]): void => {
  const { id } = job
  if (hashOf(JSON.parse(job.form)) !== hashOf(form)) throw new JobConflict({ job: id, problem: "has another chain" })
  if (hashOf(JSON.parse(job.source)) !== hashOf(description))
    throw new JobConflict({ job: id, problem: "has other inputs" })
}
