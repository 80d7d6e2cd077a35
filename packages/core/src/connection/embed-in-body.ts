/** The protocol's other way to say whose app is meant: in the body, or in the query of a call that has none. */
import type { Connection } from "./connection.ts"
import type { HttpRequest } from "./http.ts"

const owned = /^(.*\/v2)\/users\/([^/?]+)\/apps\/([^/?]+)\/([^?]*)(?:\?(.*))?$/

/** Paths that the protocol has in the long form alone. */
const longOnly = (method: string, path: string): boolean =>
  /\/outputs\/generate$|^models\/[^/]+\/(?:versions\/[^/]+\/)?concepts$|^workflows\/[^/]+\/versions\//.test(path) ||
  (method === "PATCH" && /^models\/[^/]+\/versions$/.test(path))

const utf8 = new TextEncoder()

/** A JSON object's text with one more member, first. */
const withMember = (body: Uint8Array, member: string): Uint8Array<ArrayBuffer> => {
  const empty = body.length <= 2
  const head = utf8.encode(`{${member}${empty ? "}" : ","}`)
  const rest = empty ? new Uint8Array() : body.subarray(1)
  const joined = new Uint8Array(head.length + rest.length)
  joined.set(head)
  joined.set(rest, head.length)
  return joined
}

const rewritten = (request: HttpRequest): HttpRequest => {
  const { body, headers, method } = request
  const [, base, user, app, path, query] = owned.exec(request.url) ?? []
  if (base === undefined || user === undefined || app === undefined || path === undefined || longOnly(method, path))
    return request
  const userId = decodeURIComponent(user)
  const appId = decodeURIComponent(app)
  const short = `${base}/${path}`
  if (body !== undefined || method === "POST") {
    const member = `"user_app_id":${JSON.stringify({ user_id: userId, app_id: appId })}`
    return {
      ...request,
      url: `${short}${query === undefined ? "" : `?${query}`}`,
      headers: { "content-type": "application/json", ...headers },
      body: withMember(body ?? new Uint8Array(), member)
    }
  }
  const owner = new URLSearchParams({ "user_app_id.user_id": userId, "user_app_id.app_id": appId })
  return { ...request, url: `${short}?${query === undefined ? "" : `${query}&`}${owner}` }
}

/**
 * The same connection, with the user and the app in each call's body (or query) instead of in its path: for services
 * and proxies that know the short paths alone. Calls that the protocol has only in the long form stay as they are.
 *
 * @example sightline(inBody(clarifai({ userId: "me", appId: "pets" })))
 */
export const inBody = (connection: Connection): Connection => ({ ...connection, rewrite: rewritten })
