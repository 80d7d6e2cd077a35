/** `sightline frames` */
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { addOutputOptions, type OutputOptions } from "../outcomes/output-options.ts"
import { parseDuration, parseInteger } from "../command-line/parse-values.ts"

/** Options of `sightline frames`. */
export interface FramesOptions extends OutputOptions {
  readonly every?: number
  readonly keyframes?: boolean
  readonly scenes?: boolean
  readonly from?: number
  readonly to?: number
  readonly maxSide?: number
  readonly out?: string
}

const examples = `
Examples:
  sightline frames clip.mp4 --every 500ms --out frames
  sightline frames *.mp4 --keyframes --out frames --max-side 640
`

export const configure: Configure = (command, run) => {
  command
    .argument("<video...>", "files or addresses of videos")
    .option("--every <duration>", "one frame for each step, such as 500ms; default: 1s", parseDuration)
    .option("--keyframes", "only key frames")
    .option("--scenes", "the first frame of each scene")
    .option("--from <duration>", "begin here", parseDuration)
    .option("--to <duration>", "end here", parseDuration)
    .option("--max-side <pixels>", "shrink frames to at most this side", parseInteger(1, 65_535))
    .option("-o, --out <folder>", "the folder for the images; it is created if it does not exist")
  addOutputOptions(command)
    .addHelpText("after", examples)
    .action(
      run(async (io, videos: ReadonlyArray<string>, options: FramesOptions) => {
        const { every, keyframes = false, out, scenes = false } = options
        if (out === undefined) throw new CommandError("no folder is named for the frames; give --out")
        if ([every !== undefined, keyframes, scenes].filter(Boolean).length > 1)
          throw new CommandError("--every, --keyframes and --scenes exclude each other; give one of them")
        const { writeFrames } = await import("./run-frames.ts")
        return await writeFrames(io, videos, { ...options, out })
      })
    )
}
