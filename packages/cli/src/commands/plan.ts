/** `sightline plan` */
import type { Configure } from "../command-line/command-entry.ts"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { formatOf } from "../outcomes/output-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"
import { addPredictionOptions, type PredictionOptions } from "./predict-options.ts"

interface PlanOptions extends PredictionOptions {
  readonly pricePerCall?: number
  readonly pricePerInput?: number
}

const examples = `
Examples:
  sightline plan photos --model pets
  sightline plan photos --cloud -m general --price-per-input 0.0012
`

const parsePrice = (text: string): number => {
  const price = Number(text)
  if (text.trim() !== "" && price >= 0 && price < Infinity) return price
  throw new CommandError("a price must be a number, such as 0.0012")
}

export const configure: Configure = (command, run) => {
  addPredictionOptions(command)
    .option("--price-per-call <amount>", "adds the price of the calls, in any currency", parsePrice)
    .option("--price-per-input <amount>", "adds the price of the inputs, in any currency", parsePrice)
    .addHelpText("after", examples)
    .action(
      run(async (io, names: ReadonlyArray<string>, options: PlanOptions) => {
        const [
          { explainPlan },
          { expandInputs, surveyInputs },
          { inputArguments },
          { openMedia },
          { openConnection },
          { makePredictionChain }
        ] = await Promise.all([
          import("@sightline/core"),
          import("../inputs/expand-inputs.ts"),
          import("../inputs/input-options.ts"),
          import("../inputs/open-media.ts"),
          import("../connection/open-connection.ts"),
          import("./prediction-chain.ts")
        ])
        if (options.model === undefined) throw new CommandError("no model is named; give --model")
        const given = inputArguments(io, names, options)
        const survey = await surveyInputs(given)
        const media = []
        for await (const item of expandInputs(given)) media.push(openMedia(item))
        if (media.length === 0) throw new CommandError(`there is no input in ${names.join(", ")}`, exitCode.input)
        const connection = await openConnection(io, options, { readOnly: true, creates: false })
        try {
          const hasVideo = survey === undefined || survey.kinds.has("video")
          const chain = await makePredictionChain(connection, media, options, hasVideo)
          const plan = await chain.plan()
          const price = priceOf(plan, connection.directory !== undefined, options)
          const write = makeWriter(io.stdout)
          if (formatOf(io, options) === "json")
            await write(`${JSON.stringify({ ...plan, ...(price === undefined ? {} : { price }) })}\n`)
          else
            await write(
              `${explainPlan(plan)}\n${price === undefined ? "price: not known; give --price-per-call or --price-per-input" : `price: ${price.toFixed(4)}`}\n`
            )
          return plan.unreadable.length === 0 ? exitCode.success : exitCode.partial
        } finally {
          await connection[Symbol.asyncDispose]()
        }
      })
    )
}

/** The price of a plan; zero on an engine of one's own, undefined if it is not known. */
const priceOf = (
  { calls, items }: { readonly calls: ReadonlyArray<unknown>; readonly items: number },
  isEngine: boolean,
  { pricePerCall, pricePerInput }: PlanOptions
): number | undefined => {
  if (pricePerCall === undefined && pricePerInput === undefined) return isEngine ? 0 : undefined
  return calls.length * (pricePerCall ?? 0) + items * (pricePerInput ?? 0)
}
