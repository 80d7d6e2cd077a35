/** The demo's command line. */
import { parseArgs } from "node:util"

/** What the demo was asked for. */
export interface Options {
  /** One image to ask a model about, instead of training: a path or URL. */
  readonly predict: string | undefined
  /** The model to ask. */
  readonly model: string
  /** Whether it is asked in the cloud. */
  readonly cloud: boolean
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

/** The id of the model that the demo trains. */
export const trainedModel = "demo"

export const usage = `npm run demo                              trains on pictures that it draws itself
npm run demo -- --photos DIR [--test DIR] trains on your own: a sub-folder for each concept
npm run demo -- --predict FILE            asks one model about one image
        --json           prints one JSON document
        --directory DIR  keeps the engine's state there, and finds it again
        --model ID       the model to ask; without it the one that the demo trains
        --cloud          asks in the cloud; CLARIFAI_PAT, CLARIFAI_USER_ID and CLARIFAI_APP_ID say where
        --stack          prints stack traces
Ends with 1 where a photo could not be used, after the work on the others.`

/** Reads the command line. Throws a `TypeError` with one clear line for what it does not know. */
export const readOptions = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      photos: { type: "string" },
      test: { type: "string" },
      directory: { type: "string" },
      predict: { type: "string" },
      model: { type: "string" },
      cloud: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      stack: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  if (values.test !== undefined && values.photos === undefined)
    throw new TypeError("--test needs --photos: the folder to train on")
  if (values.predict === undefined && (values.model !== undefined || values.cloud))
    throw new TypeError("--model and --cloud need --predict: the image to ask about")
  return {
    predict: values.predict,
    model: values.model ?? trainedModel,
    cloud: values.cloud,
    photos: values.photos,
    test: values.test,
    directory: values.directory,
    json: values.json,
    stack: values.stack,
    help: values.help
  }
}
