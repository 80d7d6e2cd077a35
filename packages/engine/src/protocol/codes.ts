/** The status codes this engine answers with: their HTTP status as a request result, and their fixed text. */

interface Code {
  readonly http: number
  readonly description: string
}

const code = (http: number, description: string): Code => ({ http, description })

/** Source: the protocol's published codes; HTTP figures without a recorded answer follow the code's class. */
export const codes: ReadonlyMap<number, Code> = new Map([
  [10000, code(200, "Ok")],
  [10010, code(207, "Mixed Success")],
  [10020, code(400, "Failure")],
  [10040, code(501, "Operation not implemented")],
  [11001, code(401, "Invalid authentication token")],
  [11005, code(429, "Making too many requests")],
  [11007, code(403, "Key lacks a needed scope")],
  [11008, code(401, "Invalid API key or Invalid API key/application pair")],
  [11009, code(401, "API key not found")],
  [11100, code(400, "Bad request format")],
  [11101, code(404, "Resource does not exist")],
  [11102, code(400, "Invalid request")],
  [11103, code(405, "Method not allowed")],
  [11105, code(416, "Invalid range")],
  [21100, code(200, "Model is trained and ready")],
  [21101, code(200, "Model is training")],
  [21102, code(200, "Model not yet trained")],
  [21103, code(200, "Model is currently in queue for training.")],
  [21106, code(200, "Model training failed.")],
  [21110, code(200, "Model training had no data.")],
  [21111, code(200, "Model training had no positive examples.")],
  [21112, code(200, "Mutually exclusive concepts need at least two concepts.")],
  [21113, code(200, "Model training timed out.")],
  [21114, code(200, "Model training failed while waiting for inputs.")],
  [21115, code(200, "Model training failed with an unknown error.")],
  [21117, code(200, "Model training had insufficient data.")],
  [21118, code(200, "Model training parameters are invalid.")],
  [21200, code(404, "Model does not exist")],
  [21202, code(400, "Invalid model argument")],
  [21203, code(400, "Invalid model request")],
  [21300, code(200, "Model was successfully evaluated.")],
  [21301, code(200, "Model is evaluating.")],
  [21302, code(200, "Model is not yet evaluated.")],
  [21303, code(200, "Model is queued for evaluation.")],
  [21310, code(200, "Model evaluation timed out.")],
  [21312, code(200, "Model evaluation failed with an unknown error.")],
  [21313, code(500, "Model prediction failed")],
  [21315, code(200, "Model evaluation needs more labelled concepts.")],
  [21316, code(200, "Model evaluation needs more inputs per concept.")],
  [21317, code(200, "Model evaluation failed.")],
  [21350, code(500, "Model could not be loaded for prediction")],
  [22001, code(400, "No node of the workflow takes this input")],
  [22002, code(400, "Workflow needs a trained model")],
  [22100, code(409, "Workflow id is already in use")],
  [22102, code(404, "Workflow does not exist")],
  [22104, code(400, "Invalid workflow argument")],
  [22107, code(400, "Workflow graph is invalid")],
  [22999, code(400, "Invalid workflow request")],
  [30000, code(200, "Download complete")],
  [30001, code(200, "Download pending")],
  [30002, code(400, "Download failed; check URL")],
  [30003, code(200, "Download in progress")],
  [30100, code(400, "Input is a duplicate")],
  [30101, code(400, "Input image format unsupported")],
  [30102, code(404, "Input does not exist")],
  [30104, code(400, "Input has no usable data")],
  [30105, code(400, "Input is larger than the allowed limit")],
  [30106, code(400, "Input URL is not valid")],
  [30200, code(200, "Input image modification success")],
  [30203, code(500, "Input image modification failed")],
  [30210, code(500, "Input media could not be stored")],
  [30300, code(400, "Input bytes cannot be decoded")],
  [39996, code(400, "Connection attempts to the input URL failed")],
  [39999, code(400, "Invalid inputs request")],
  [40001, code(400, "Invalid predict request")],
  [40002, code(400, "Invalid search request")],
  [40003, code(400, "Invalid concepts request")],
  [40010, code(409, "Object id is already in use")],
  [40033, code(413, "Request message is too large")],
  [98004, code(500, "Internal server issue")]
])

/** The fixed text of a code; a code we never send ourselves is described by its number. */
export const describeCode = (code: number): string => codes.get(code)?.description ?? `Status ${code}`

/** The HTTP status of a code when it is the result of a whole request; 500 for one we do not know. */
export const httpOf = (code: number): number => codes.get(code)?.http ?? 500
