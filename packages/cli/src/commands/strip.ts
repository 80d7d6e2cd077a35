/** `sightline strip` */
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { addOutputOptions, type OutputOptions } from "../outcomes/output-options.ts"

/** Options of `sightline strip`. */
export interface StripOptions extends OutputOptions {
  readonly out?: string
  readonly inPlace?: boolean
  readonly profile: boolean
}

const examples = `
Examples:
  sightline strip photos --out clean
  sightline strip photo.jpg --in-place

Images are made upright and lose EXIF (position, serial numbers, thumbnails), XMP, IPTC and comments. Where that is
possible, their pixels stay exactly as they are.
`

export const configure: Configure = (command, run) => {
  command
    .argument("<image...>", "files, folders or globs of images")
    .option("-o, --out <folder>", "the folder for the new files; it is created if it does not exist")
    .option("--in-place", "replace the files")
    .option("--no-profile", "remove the colour profile too")
  addOutputOptions(command)
    .addHelpText("after", examples)
    .action(
      run(async (io, images: ReadonlyArray<string>, options: StripOptions) => {
        if ((options.out === undefined) === (options.inPlace !== true))
          throw new CommandError("give either --out FOLDER or --in-place")
        const { stripImages } = await import("./run-strip.ts")
        return await stripImages(io, images, options)
      })
    )
}
