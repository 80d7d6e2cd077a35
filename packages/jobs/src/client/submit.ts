/** Submits jobs: checks the chain, then lists its inputs into the ledger. */
import type { Pipeline, PortablePipeline } from "@sightline/core"
import { InvalidOption, run } from "@sightline/core/plugin"
import { JobConflict, JobSourceFailed } from "../errors.ts"
import { defaultExecutor } from "../executors/default-executor.ts"
import type { Executor, OpenExecutor } from "../executors/executor.ts"
import type { Budget, JobRecord, JobSettings, OnMaybePaid } from "../ledger/ledger.ts"
import { isReference, type Reference, takesMany } from "../sources/reference.ts"
import { hashOf, type JobSource, listSource } from "../sources/source.ts"
import { checkBudget } from "./budget.ts"
import { jobHandle } from "./job-handle.ts"
import type { InputOf, Job } from "./job-types.ts"
import { cutUnits, planUnits, type UnitPlan } from "./plan-units.ts"
import { type Prices, priceOf } from "./prices.ts"

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
  /** Where the job stops, to be resumed with a new one. */
  readonly budget?: Budget
  /**
   * What happens with inputs that were sent when their worker ended: they settle as `MaybePaid`, or are sent again.
   *
   * @default "report"
   */
  readonly onMaybePaid?: OnMaybePaid
  /** Most calls in a second, over all workers. */
  readonly perSecond?: number
  /** What inputs cost. Needed for a budget in US dollars. */
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

/** The ids of the models that each input is sent to. */
const modelsOf = ({ steps }: PortablePipeline): ReadonlyArray<string> =>
  steps.flatMap(({ args: [given], verb }) => {
    const models: ReadonlyArray<unknown> =
      verb === "all" ? Object.values(Object(given)) : verb === "predict" || verb === "workflow" ? [given] : []
    return models.map((model) => (typeof model === "string" ? model : String(Object(model).id)))
  })

const settingsOf = (form: PortablePipeline, plan: UnitPlan, options: SubmitOptions): JobSettings => {
  const { budget = {}, onMaybePaid = "report", perSecond, prices } = options
  checkBudget(budget)
  if (perSecond !== undefined && !(perSecond > 0)) invalid("perSecond", `is ${perSecond}; it must be above 0`)
  const price = prices === undefined ? undefined : priceOf(prices, modelsOf(form))
  if (budget.usd !== undefined && price === undefined)
    invalid("budget.usd", `needs the price of ${modelsOf(form).join(" and ")}; give it with prices`)
  return {
    onMaybePaid,
    budget,
    ...(perSecond === undefined ? {} : { perSecond }),
    usdPerInput: price ?? 0,
    sentAtStart: !plan.isOneCall
  }
}

/** Lists the inputs that the ledger does not have yet. */
const listInputs = async (
  { ledger }: OpenExecutor,
  source: JobSource,
  job: JobRecord,
  plan: UnitPlan
): Promise<void> => {
  let { inputs } = job
  // a source without cursors starts again: those that are there are skipped
  let skip = job.cursor === undefined ? inputs : 0
  for await (const { cursor, inputs: page } of source.pages(job.cursor)) {
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

/** A chain that may be a job: one of named verbs with plain arguments. A chain that holds a function is none. */
export type JobChain<A, E> = Pipeline<A, E, never, {}, "portable">

/** The first input of a source. */
const firstOf = async (source: JobSource): Promise<Reference | undefined> => {
  for await (const { inputs } of source.pages(undefined)) if (inputs.length > 0) return inputs[0]
  return undefined
}

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
  const portable = chain.toPortable()
  const source = toSource(options.source, portable)
  const form = withoutInputs(portable)
  const { description } = source
  const id = options.id ?? hashOf({ form, source: description })
  if (!/^[\w.-]{1,128}$/.test(id)) invalid("id", 'must be 1 to 128 letters, digits, ".", "_" or "-"')
  const open = await executor["~open"]()
  const plan = await planUnits(chain, await firstOf(source))
  const job = await run(
    open.ledger.create({
      id,
      form: JSON.stringify(form),
      source: JSON.stringify(description),
      settings: settingsOf(form, plan, options)
    })
  )
  if (hashOf(JSON.parse(job.form)) !== hashOf(form)) throw new JobConflict({ job: id, problem: "has another chain" })
  if (hashOf(JSON.parse(job.source)) !== hashOf(description))
    throw new JobConflict({ job: id, problem: "has other inputs" })
  if (!job.listed) await listInputs(open, source, job, plan)
  return jobHandle(executor, id)
}
