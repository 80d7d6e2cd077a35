/** Options of predictions. */
import type { Command } from "commander"
import {
  type JsonValue,
  parseDuration,
  parseInteger,
  parseNames,
  parseParam,
  parseShare
} from "../command-line/parse-values.ts"
import { addInputOptions, type InputOptions } from "../inputs/input-options.ts"
import { addOutputOptions, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"

/** Options of predictions, shared by `predict` and `plan`. */
export interface PredictionOptions extends InputOptions, ServiceOptions, OutputOptions {
  readonly model?: string
  readonly version?: string
  readonly concepts?: ReadonlyArray<string>
  readonly top?: number
  readonly atLeast?: number
  readonly language?: string
  readonly param?: Readonly<Record<string, JsonValue>>
  readonly every?: number
  readonly prompt?: string
  readonly exif: boolean
  readonly concurrency: number
}

/** Adds the options that decide what is predicted, and how. */
export const addPredictionOptions = (command: Command): Command => {
  addInputOptions(command)
    .option("-m, --model <model>", "the model: its id, id@version, user/app/id, or the address of its page")
    .option("--version <id>", "the version of the model; default: the newest trained one")
    .option("-c, --concepts <names>", "only these concepts, separated by commas", parseNames)
    .option("--top <n>", "at most n concepts", parseInteger(1, 200))
    .option("--at-least <score>", "only concepts with at least this score, 0 to 1", parseShare())
    .option("--language <code>", "the language of concept names, such as de")
    .option("-p, --param <name=value>", "a parameter of the model; may be repeated", parseParam)
    .option("--every <duration>", "the distance of sampled video frames, such as 500ms", parseDuration)
    .option("--prompt <text>", "a question about each input, for models that take both")
    .option("--no-exif", "send images to services as they are, with their metadata and orientation")
    .option("--concurrency <n>", "the most calls at once", parseInteger(1, 256), 8)
  return addOutputOptions(addServiceOptions(command))
}
