/** `sightline predict` */
import type { Configure } from "../command-line/command-entry.ts"
import { addPredictionOptions, type PredictionOptions } from "./predict-options.ts"

/** Options of `sightline predict`. */
export interface PredictCommandOptions extends PredictionOptions {
  readonly resume?: string
  readonly retryFailed?: string
  readonly save?: string
  readonly report?: string
}

const examples = `
Examples:
  sightline predict photo.jpg --model pets
  sightline predict photos "more/*.png" -m pets --top 3 --at-least 0.5
  sightline predict clip.mp4 -m pets --every 500ms
  sightline predict --text "I love this" -m sentiment
  sightline predict photo.jpg -m captions --prompt "What is this?"
  sightline predict photos -m pets --report report.html
  find . -name "*.jpg" | sightline predict - -m pets --format csv
  sightline predict photos -m pets > out.ndjson
  sightline predict photos -m pets --resume out.ndjson >> out.ndjson
  sightline predict -m pets --retry-failed out.ndjson >> out.ndjson
`

export const configure: Configure = (command, run) => {
  addPredictionOptions(command)
    .option("--resume <file>", "skip the inputs that have an outcome in this file of JSON lines")
    .option("--retry-failed <file>", "predict only the inputs that have failed in this file")
    .option("--report <file>", "write an HTML report of the outcomes, with thumbnails of the inputs, to this file")
    .option("--save <folder>", "save generated images, audio and videos in this folder")
    .addHelpText("after", examples)
    .action(
      run(async (io, inputs: ReadonlyArray<string>, options: PredictCommandOptions) => {
        const { predict } = await import("./run-predict.ts")
        return await predict(io, inputs, options)
      })
    )
}
