/** The demo's command line. */
import { parseArgs } from "node:util"

/** What the demo was asked for. */
export interface Options {
  /** The labelled photographs, or undefined for drawn ones. */
  readonly photos: string | undefined
  /** The photographs to test with; without them a fifth is kept back. */
  readonly test: string | undefined
  readonly json: boolean
  readonly stack: boolean
  readonly help: boolean
  /** The engine's folder; a fresh one, removed afterwards, when absent. */
  readonly directory: string | undefined
}

export const usage = `npm run demo                              trains on pictures that it draws itself
npm run demo -- --photos DIR [--test DIR] trains on your own: a sub-folder for each concept
        --json       prints one JSON document
        --directory DIR  keeps the engine's state there
        --stack      prints stack traces`

/** Reads the command line. Throws a `TypeError` with one clear line for what it does not know. */
export const readOptions = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      photos: { type: "string" },
      test: { type: "string" },
      directory: { type: "string" },
      json: { type: "boolean", default: false },
      stack: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  if (values.test !== undefined && values.photos === undefined)
    throw new TypeError("--test needs --photos: the folder to train on")
  return {
    photos: values.photos,
    test: values.test,
    directory: values.directory,
    json: values.json,
    stack: values.stack,
    help: values.help
  }
}
