/** Fills the placeholders and addresses of a sample; nothing else of it changes. */
import type { Sample } from "./samples.ts"

/** What stands in the places of placeholders. */
export interface Values {
  /** The address of the engine's HTTP server. */
  readonly url: string
  readonly key: string
  /** Where the samples' pictures and clip are. */
  readonly media: string
  readonly generalModel: { readonly id: string; readonly version: string }
  /** The version that was trained, once there is one. */
  readonly trainedVersion: string
  readonly imageFile: string
  readonly videoFile: string
  readonly imageBase64: string
  readonly videoBase64: string
}

/** The code that can be run. */
export const fillIn = ({ code, document }: Sample, values: Values): string => {
  const { generalModel, key, media, trainedVersion, url } = values
  const pairs: ReadonlyArray<readonly [string | RegExp, string]> = [
    ["https://api.clarifai.com", url],
    ["https://samples.clarifai.com", media],
    ["{YOUR_PERSONAL_TOKEN}", key],
    [/YOUR_API_KEY/g, key],
    ["{YOUR_USER_ID}", "me"],
    ["{YOUR_APP_ID}", "main"],
    ["{THE_MODEL_ID}", generalModel.id],
    ["{model-id}", generalModel.id],
    ["@@generalModelId", generalModel.id],
    ["{THE_MODEL_VERSION_ID}", generalModel.version],
    ["{YOUR_MODEL_VERSION_ID}", trainedVersion],
    ["MODEL_VERSION_ID", trainedVersion],
    ["{model_id}", "pets"],
    ["MODEL_ID", "pets"],
    ["@@sampleTrain", `${media}/metro-north.jpg`],
    ["{YOUR_IMAGE_FILE_LOCATION}", values.imageFile],
    [/\/home\/user\/image\.(jpeg|png)/g, values.imageFile],
    ["video_file_path.mp4", values.videoFile],
    ["G7p3m95uAl...", values.imageBase64],
    ["AAAAIGZ...", values.videoBase64]
  ]
  const filled = pairs.reduce((text, [from, to]) => text.replaceAll(from, () => to), code)
  const comments = /^\s*(#|\/\/).*$/gm
  const left = /clarifai\.com|@@|\bYOUR_|\{(YOUR|THE)_/.exec(filled.replaceAll(comments, ""))
  if (left !== null) throw new Error(`${document}: nothing is filled in for ${left[0]}`)
  return filled
}
