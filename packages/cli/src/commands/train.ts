/** `sightline train` */
import { resolve } from "node:path"
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode, exitCodeOfSignal } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, makeNotice, type OutputOptions } from "../outcomes/output-options.ts"
import {
  type JsonValue,
  parseDuration,
  parseInteger,
  parseNames,
  parseParam,
  parseShare
} from "../command-line/parse-values.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"

interface TrainOptions extends ServiceOptions, OutputOptions {
  readonly concepts?: ReadonlyArray<string>
  readonly exclusive?: boolean
  readonly closed?: boolean
  readonly holdout: number
  readonly seed?: number
  readonly strict?: boolean
  readonly again?: boolean
  readonly ifBetter?: boolean
  readonly timeout?: number
  readonly report?: string
  readonly param?: Readonly<Record<string, JsonValue>>
}

const examples = `
Examples:
  sightline train pets photos                     photos/cat/*.jpg, photos/dog/*.jpg
  sightline train pets labels.csv --concepts cat,dog
  sightline train pets photos --exclusive --holdout 0.3 --if-better
`

export const configure: Configure = (command, run) => {
  command
    .argument("<name>", "the id of the model; it is created if it does not exist")
    .argument("<examples>", "a folder with one sub-folder per concept, or a manifest (.csv, .jsonl)")
    .option(
      "-c, --concepts <names>",
      "the concepts, separated by commas; default: the names of the sub-folders",
      parseNames
    )
    .option("--exclusive", "each image shows exactly one of the concepts")
    .option("--closed", "each future image shows one of the concepts")
    .option(
      "--holdout <share>",
      "the share of the examples that is held out for the evaluation",
      parseShare({ below: true }),
      0.2
    )
    .option("--seed <n>", "makes the training reproducible", parseInteger(0, Number.MAX_SAFE_INTEGER))
    .option("--strict", "fail if any example cannot be used")
    .option("--again", "train a new version even if the same training is finished")
    .option("--if-better", "keep the new version only if its mean F1 is not lower than that of the previous one")
    .option("--timeout <duration>", "the deadline; default: 6h", parseDuration)
    .option("--report <file>", "write an HTML report of the evaluation, with thumbnails of the tests, to this file")
    .option("-p, --param <name=value>", "a parameter of the training; may be repeated", parseParam)
  addOutputOptions(addServiceOptions(command))
    .addHelpText("after", examples)
    .action(
      run(async (io, name: string, examplesPath: string, options: TrainOptions) => {
        const [{ sightline }, { folder, manifest, progress, training }, { openConnection }, { reportTraining }] =
          await Promise.all([
            import("@sightline/core"),
            import("@sightline/plugin-training"),
            import("../connection/open-connection.ts"),
            import("../outcomes/write-training.ts")
          ])
        const path = resolve(io.cwd, examplesPath)
        const isManifest = /\.(?:csv|jsonl|ndjson)$/i.test(path)
        const { concepts, param, seed, timeout } = options
        if (isManifest && concepts === undefined)
          throw new CommandError("a manifest does not name the concepts to learn; give them with --concepts")
        const connection = await openConnection(io, options, { readOnly: false, creates: true })
        await using app = sightline(connection).use(training())
        let builder = app
          .train(name)
          .examples(isManifest ? manifest(path) : folder(path))
          .holdout(options.holdout)
        if (concepts !== undefined) builder = builder.concepts(...concepts)
        if (options.exclusive === true) builder = builder.mutuallyExclusive()
        if (options.closed === true) builder = builder.closedEnvironment()
        if (options.strict === true) builder = builder.strict()
        if (seed !== undefined) builder = builder.seed(seed)
        if (timeout !== undefined) builder = builder.timeout({ ms: timeout })
        if (param !== undefined) builder = builder.params(param)
        if (options.ifBetter === true)
          builder = builder.promoteWhen((next, current) => current === undefined || next.macroF1 >= current.macroF1)
        const { drain } = io.stop
        const show = options.quiet === true ? () => {} : progress({ to: io.stderr })
        try {
          const page =
            options.report === undefined
              ? {}
              : {
                  report: (await import("@sightline/report")).trainingReport(resolve(io.cwd, options.report), {
                    names: true
                  })
                }
          const model = await builder.run({ signal: drain, again: options.again ?? false, onEvent: show, ...page })
          await makeWriter(io.stdout)(reportTraining(model, formatOf(io, options)))
          if (options.report !== undefined)
            makeNotice(io, options, "sightline train")(`report: ${resolve(io.cwd, options.report)}`)
          return exitCode.success
        } catch (error) {
          if (!drain.aborted) throw error
          makeNotice(io, options, "sightline train")("stopped; to continue, repeat the same command")
          return exitCodeOfSignal(drain.reason)
        }
      })
    )
}
