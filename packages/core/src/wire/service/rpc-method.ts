// Methods of the service `clarifai.api.V2`: their messages, and the HTTP requests that stand for them.
import type { Message } from "../messages/message.ts"

/** One HTTP request that stands for a method. */
export interface HttpBinding {
  readonly verb: string
  /** Parts of the path; `{field.path}` is the value of a field of the request. */
  readonly path: ReadonlyArray<string>
}

/** A method of the service. */
export interface Method<out Request = unknown, out Response = unknown> {
  /** Its name over gRPC: the path is `/clarifai.api.V2/` and the name. */
  readonly name: string
  readonly request: Message<Request>
  readonly response: Message<Response>
  readonly http: ReadonlyArray<HttpBinding>
  readonly requestStream: boolean
  readonly responseStream: boolean
}

const appPath = "/v2/users/{user_app_id.user_id}/apps/{user_app_id.app_id}"

/** Defines a method. In a path, `{app}` stands for the user and the app of the request. */
export const defineMethod = <Request, Response>(
  name: string,
  request: Message<Request>,
  response: Message<Response>,
  http: ReadonlyArray<string>,
  { requestStream = false, responseStream = false } = {}
): Method<Request, Response> => ({
  name,
  request,
  response,
  http: http.map((binding) => {
    const [verb = "", path = ""] = binding.split(" ")
    return { verb, path: path.replace("{app}", appPath).split("/").slice(1) }
  }),
  requestStream,
  responseStream
})
