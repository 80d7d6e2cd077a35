/** Answers as the service would give them, good and bad. */
import type { ServerResponse } from "node:http"

/** The concept that the server sees in an input: tells whose answer it is. */
export const conceptOf = (url: string): string => `concept of ${url}`

/** One output of an answer. */
export const output = (url: string, code = 10000, details?: string): object => ({
  id: "output",
  status: { code, description: code === 10000 ? "Ok" : "Failed", ...(details === undefined ? {} : { details }) },
  input: { id: `input of ${url}`, data: { image: { url } } },
  model: { id: "general-image-recognition" },
  data: code === 10000 ? { concepts: [{ id: "c", name: conceptOf(url), value: 0.9 }] } : {}
})

/** The body of an answer to a prediction. */
export const body = (code: number, outputs?: ReadonlyArray<unknown>, details?: string): object => ({
  status: { code, description: "as told", req_id: "request-1", ...(details === undefined ? {} : { details }) },
  ...(outputs === undefined ? {} : { outputs })
})

/** Writes a JSON answer. */
export const json = (
  response: ServerResponse,
  http: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {}
): void => {
  const text = Buffer.from(JSON.stringify(value))
  response.writeHead(http, { "content-type": "application/json", "content-length": text.length, ...headers }).end(text)
}

/** Answers all inputs well. */
export const well = (response: ServerResponse, urls: ReadonlyArray<string>): "done" => {
  json(
    response,
    200,
    body(
      10000,
      urls.map((url) => output(url))
    )
  )
  return "done"
}

/** Refuses the whole call with a status of the service's own. */
export const refuse = (
  response: ServerResponse,
  http: number,
  code: number,
  headers?: Readonly<Record<string, string>>
): "none" => {
  json(response, http, body(code), headers)
  return "none"
}

/** Answers as a gateway does that knows nothing of the protocol. */
export const page = (
  response: ServerResponse,
  http: number,
  title: string,
  headers?: Readonly<Record<string, string>>
): void => {
  const text = `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`
  response.writeHead(http, { "content-type": "text/html", ...headers }).end(text)
}
