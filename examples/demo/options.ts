/** The demo's command line. */
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

/** Options of the demo. */
export interface Options {
  /** One image to predict instead of training: a path or URL. */
  readonly predict: string | undefined
  /** The model of `--predict`. */
  readonly model: string
  /** Whether to predict in the cloud. */
  readonly cloud: boolean
  /** The labelled photographs, or undefined for drawn ones. */
  readonly photos: string | undefined
  /** The photographs to test with. @default a held-out fifth of `photos` */
  readonly test: string | undefined
  /** Where the HTML report is written. @default a file of the temporary folder */
  readonly report: string
  readonly json: boolean
  readonly stack: boolean
  readonly help: boolean
  /** The engine's folder. @default a temporary folder */
  readonly directory: string | undefined
}

/** The id of the model that the demo trains. */
export const trainedModel = "demo"

export const usage = `npm run demo                              trains on generated images
npm run demo -- --photos DIR [--test DIR] trains on your images: one sub-folder per concept
npm run demo -- --predict FILE            predicts one image
        --report FILE    writes the HTML report there; to the temporary folder by default
        --json           prints one JSON document
        --directory DIR  keeps the engine's state in this folder
        --model ID       the model of --predict; the demo's own model by default
        --cloud          predicts in the cloud, with CLARIFAI_PAT, CLARIFAI_USER_ID and CLARIFAI_APP_ID
        --stack          prints stack traces
Exits with 1 if a photo could not be used, after processing the others.`

/** Parses the command line. Throws a `TypeError` for an unknown or incomplete option. */
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
      report: { type: "string" },
      json: { type: "boolean", default: false },
      stack: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  if (values.test !== undefined && values.photos === undefined)
    throw new TypeError("--test needs --photos: the folder to train on")
  if (values.predict === undefined && (values.model !== undefined || values.cloud))
    throw new TypeError("--model and --cloud need --predict: the image to predict")
  return {
    predict: values.predict,
    model: values.model ?? trainedModel,
    cloud: values.cloud,
    photos: values.photos,
    test: values.test,
    directory: values.directory,
    report: values.report ?? join(tmpdir(), "sightline-demo.html"),
    json: values.json,
    stack: values.stack,
    help: values.help
  }
}
