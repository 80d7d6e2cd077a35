/** The faults: what the server does, and what each input is to be told. */
import { gzipSync } from "node:zlib"
import { body, json, output, page, refuse, well } from "./answers.ts"
import type { Exchange, Serve, Work } from "./server.ts"

/** One way to misbehave. */
export interface Fault {
  readonly serve: Serve
  /** Inputs in the call; 3 unless told. */
  readonly inputs?: number
  /** How each input ends: `ok` or the error's tag; one for all, or one for each. */
  readonly ends: string | ReadonlyArray<string>
  /** How often each input was carried; 1 for all unless told. */
  readonly attempts?: number | ReadonlyArray<number>
  /** Calls that reach the server. */
  readonly requests: number
  /** Calls when there is one input; the same unless told. */
  readonly requestsForOne?: number
  /** The status number that errors carry. */
  readonly code?: number
  /** The least time between calls that follow each other, in milliseconds. */
  readonly apartMs?: number
  /** True when the server does not read the request. */
  readonly unread?: boolean
}

/** Packed once: it takes a tenth of a second, in which nobody else is served. */
const manySpaces = gzipSync(Buffer.alloc(20_000_000, " "))

const once =
  (fault: (exchange: Exchange) => Work): Serve =>
  (exchange) =>
    exchange.nth === 1 ? fault(exchange) : well(exchange.response, exchange.urls)

const status =
  (http: number, code: number, headers?: Readonly<Record<string, string>>) =>
  ({ response }: Exchange) =>
    refuse(response, http, code, headers)

const html =
  (http: number, title: string, work: Work, headers?: Readonly<Record<string, string>>) =>
  ({ response }: Exchange) => {
    page(response, http, title, headers)
    return work
  }

const text =
  (http: number, value: string): Serve =>
  ({ response }) => {
    response.writeHead(http, { "content-length": Buffer.byteLength(value) }).end(value)
    return "maybe"
  }

const answer =
  (http: number, make: (urls: ReadonlyArray<string>) => object, work: Work | ReadonlyArray<Work>): Serve =>
  ({ response, urls }) => {
    json(response, http, make(urls))
    return work
  }

/** Keeps writing until the client goes away. */
const endless = ({ response }: Exchange, chunk: string, everyMs: number): Work => {
  const timer = setInterval(() => void response.write(chunk), everyMs)
  response.once("close", () => clearInterval(timer))
  return "maybe"
}

const isBad = (url: string) => url.endsWith("/1.jpg")
const outputs = (urls: ReadonlyArray<string>) => urls.map((url) => output(url))
const secondFails = (code: number) => (urls: ReadonlyArray<string>) =>
  urls.map((url) => output(url, isBad(url) ? code : 10000))
const secondWork = (first: Work, bad: Work): ReadonlyArray<Work> => [first, bad, first]

/** Attempts of a call that is repeated as often as it may be. */
const most = 4

export const faults: Readonly<Record<string, Fault>> = {
  "no fault": { serve: ({ response, urls }) => well(response, urls), ends: "ok", requests: 1 },

  // throttling
  "throttle without Retry-After, once": { serve: once(status(429, 11005)), ends: "ok", attempts: 2, requests: 2 },
  "throttle with Retry-After in seconds, once": {
    serve: once(status(429, 11005, { "retry-after": "1" })),
    ends: "ok",
    attempts: 2,
    requests: 2,
    apartMs: 1000
  },
  "throttle with Retry-After as a date, once": {
    serve: once(({ response }) =>
      refuse(response, 429, 11005, { "retry-after": new Date(Date.now() + 2500).toUTCString() })
    ),
    ends: "ok",
    attempts: 2,
    requests: 2,
    apartMs: 1400
  },
  "throttle without end": {
    serve: status(429, 11005),
    ends: "RateLimited",
    attempts: most,
    requests: most,
    code: 11005
  },
  "throttle for an hour": {
    serve: status(429, 11003, { "retry-after": "3600" }),
    ends: "RateLimited",
    requests: 1,
    code: 11003
  },
  "429 page of a gateway, once": { serve: once(html(429, "Slow down", "none")), ends: "ok", attempts: 2, requests: 2 },
  "Retry-After that is no time": {
    serve: once(status(429, 11005, { "retry-after": "-5" })),
    ends: "ok",
    attempts: 2,
    requests: 2
  },
  "monthly limit": { serve: status(429, 11004), ends: "QuotaExceeded", requests: 1, code: 11004 },
  "account limits": { serve: status(429, 11006), ends: "QuotaExceeded", requests: 1, code: 11006 },

  // the service is down, more or less
  "500 with a status": { serve: status(500, 98004), ends: "ServiceFailed", requests: 1, code: 98004 },
  "500 page": { serve: html(500, "Oops", "maybe"), ends: "ServiceFailed", requests: 1 },
  "502 page": { serve: html(502, "Bad gateway", "maybe"), ends: "ServiceFailed", requests: 1 },
  "504 without a body": { serve: text(504, ""), ends: "ServiceFailed", requests: 1 },
  "503 page, once": { serve: once(html(503, "Unavailable", "none")), ends: "ok", attempts: 2, requests: 2 },
  "503 with Retry-After, once": {
    serve: once(html(503, "Maintenance", "none", { "retry-after": "1" })),
    ends: "ok",
    attempts: 2,
    requests: 2,
    apartMs: 1000
  },
  "503 without end": {
    serve: html(503, "Unavailable", "none"),
    ends: "ServiceUnavailable",
    attempts: most,
    requests: most
  },
  "try again, once": { serve: once(status(503, 10030)), ends: "ok", attempts: 2, requests: 2 },
  "queue full, once": { serve: once(status(503, 40030)), ends: "ok", attempts: 2, requests: 2 },
  "not implemented": { serve: status(501, 10040), ends: "ServiceFailed", requests: 1, code: 10040 },

  // the model
  "busy model, once": { serve: once(status(503, 21354)), ends: "ok", attempts: 2, requests: 2 },
  "model deploying without end": {
    serve: status(503, 21351),
    ends: "ModelNotReady",
    attempts: most,
    requests: most,
    code: 21351
  },
  "model untrained": { serve: status(400, 21102), ends: "ModelNotReady", requests: 1, code: 21102 },
  "model training": { serve: status(200, 21101), ends: "ModelNotReady", requests: 1, code: 21101 },
  "model missing": { serve: status(404, 21200), ends: "NotFound", requests: 1, code: 21200 },
  "accepted for later": {
    serve: ({ response }) => {
      json(response, 202, body(10070))
      return "maybe"
    },
    ends: "StillPending",
    requests: 1,
    code: 10070
  },

  // the socket
  "reset after the request": {
    serve: ({ response }) => {
      response.socket?.resetAndDestroy()
      return "maybe"
    },
    ends: "Unreachable",
    requests: 1
  },
  "reset before the request was read": {
    serve: ({ response }) => {
      response.socket?.resetAndDestroy()
      return "maybe"
    },
    unread: true,
    ends: "Unreachable",
    requests: 1
  },
  "closed without an answer": {
    serve: ({ response }) => {
      response.socket?.end()
      return "maybe"
    },
    ends: "Unreachable",
    requests: 1
  },
  "not HTTP at all": {
    serve: ({ response }) => {
      response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n")
      return "maybe"
    },
    ends: "Unreachable",
    requests: 1
  },
  "reset after the head": {
    serve: ({ response }) => {
      response.writeHead(200, { "content-length": 1000 })
      response.flushHeaders()
      setTimeout(() => response.socket?.resetAndDestroy(), 20)
      return "maybe"
    },
    ends: "MalformedAnswer",
    requests: 1
  },
  "body cut short": {
    serve: ({ response }) => {
      response.writeHead(200, { "content-length": 1000 }).write(`{"status":{"code":10000},"outp`)
      setTimeout(() => response.socket?.destroy(), 20)
      return "maybe"
    },
    ends: "MalformedAnswer",
    requests: 1
  },
  "chunked body cut short": {
    serve: ({ response }) => {
      response.writeHead(200).write(`{"status":{"code":10000},"outputs":[`)
      setTimeout(() => response.socket?.destroy(), 20)
      return "maybe"
    },
    ends: "MalformedAnswer",
    requests: 1
  },
  "503 whose body breaks off, once": {
    serve: once(({ response }) => {
      response.writeHead(503, { "content-length": 1000 }).write("<html>")
      setTimeout(() => response.socket?.destroy(), 20)
      return "none"
    }),
    ends: "ok",
    attempts: 2,
    requests: 2
  },

  // time
  "slow drip": { serve: (exchange) => endless(exchange, " ", 50), ends: "TimedOut", requests: 1 },
  "never answering": { serve: () => "maybe", ends: "TimedOut", requests: 1 },
  "head without an end": {
    serve: ({ response }) => {
      response.socket?.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
      return "maybe"
    },
    ends: "TimedOut",
    requests: 1
  },

  // bodies
  "JSON that ends early": {
    serve: text(200, `{"status":{"code":10000},"outputs":[`),
    ends: "MalformedAnswer",
    requests: 1
  },
  "plain text": { serve: text(200, "it works"), ends: "MalformedAnswer", requests: 1 },
  "HTML with HTTP 200": { serve: html(200, "Welcome", "maybe"), ends: "MalformedAnswer", requests: 1 },
  "empty body": { serve: text(200, ""), ends: "MalformedAnswer", requests: 1 },
  "no content": {
    serve: ({ response }) => {
      response.writeHead(204).end()
      return "maybe"
    },
    ends: "MalformedAnswer",
    requests: 1
  },
  "JSON without a status": { serve: text(200, `{"outputs":[]}`), ends: "MalformedAnswer", requests: 1 },
  "a list instead of an object": { serve: text(200, `[1,2]`), ends: "MalformedAnswer", requests: 1 },
  "a status without a number": { serve: text(200, `{"status":{}}`), ends: "MalformedAnswer", requests: 1 },
  "an error in the gateway's form": {
    serve: ({ response }) => {
      json(response, 401, { code: 16, message: "no credential", details: [] })
      return "none"
    },
    ends: "Unauthorized",
    requests: 1
  },
  "a refusal in the gateway's form": {
    serve: ({ response, urls }) => {
      if (!urls.some(isBad)) return well(response, urls)
      json(response, 400, { code: 3, message: "cannot read inputs[1]", details: [] })
      return "none"
    },
    ends: ["ok", "InvalidRequest", "ok"],
    attempts: [3, 3, 2],
    requests: 5
  },
  "huge body of known length": {
    serve: ({ response }) => {
      response.writeHead(200, { "content-length": 5_000_000 }).write(" ".repeat(100_000))
      return "maybe"
    },
    ends: "MalformedAnswer",
    requests: 1
  },
  "huge body of unknown length": {
    serve: (exchange) => endless(exchange, " ".repeat(100_000), 1),
    ends: "MalformedAnswer",
    requests: 1
  },
  "small body that unpacks to a huge one": {
    serve: ({ response }) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(manySpaces)
      return "maybe"
    },
    ends: "MalformedAnswer",
    requests: 1
  },
  "packed body": {
    serve: ({ response, urls }) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(JSON.stringify(body(10000, outputs(urls)))))
      return "done"
    },
    ends: "ok",
    requests: 1
  },

  // refusals
  "bad key with HTTP 200": { serve: status(200, 11008), ends: "Unauthorized", requests: 1, code: 11008 },
  "400 page": { serve: html(400, "Bad request", "none"), ends: "MalformedAnswer", requests: 1 },
  "401 page": { serve: html(401, "Who are you", "none"), ends: "Unauthorized", requests: 1 },
  "missing scope": { serve: status(403, 11007), ends: "Forbidden", requests: 1, code: 11007 },
  "unpaid account": { serve: status(402, 11000), ends: "QuotaExceeded", requests: 1, code: 11000 },
  "bad option": { serve: status(400, 21202), ends: "InvalidRequest", requests: 1, code: 21202 },
  "moved, with a redirect": {
    serve: ({ origin, response }) => refuse(response, 307, 10050, { location: `${origin}/elsewhere?signature=secret` }),
    ends: "NotFound",
    requests: 1,
    code: 10050
  },
  "redirect page": {
    serve: ({ origin, response }) => {
      page(response, 302, "Found", { location: `${origin}/elsewhere?signature=secret` })
      return "none"
    },
    ends: "NotFound",
    requests: 1
  },
  "unknown status": { serve: status(400, 77777), ends: "UnknownStatus", requests: 1, code: 77777 },
  "mixed status without outputs": {
    serve: answer(207, () => body(10010), "maybe"),
    ends: "MalformedAnswer",
    requests: 1
  },

  // single inputs
  "10010 with one bad input": {
    serve: answer(207, (urls) => body(10010, secondFails(30002)(urls)), secondWork("done", "none")),
    ends: ["ok", "InputRejected", "ok"],
    requests: 1,
    code: 30002
  },
  "a failing item in HTTP 200": {
    serve: answer(200, (urls) => body(10000, secondFails(30104)(urls)), secondWork("done", "none")),
    ends: ["ok", "InputRejected", "ok"],
    requests: 1,
    code: 30104
  },
  "good items under a failing status": {
    serve: answer(400, (urls) => body(10020, secondFails(30101)(urls)), secondWork("done", "none")),
    ends: ["ok", "InputRejected", "ok"],
    requests: 1,
    code: 30101
  },
  "an item of unknown status": {
    serve: answer(207, (urls) => body(10010, secondFails(88888)(urls)), secondWork("done", "maybe")),
    ends: ["ok", "UnknownStatus", "ok"],
    requests: 1,
    code: 88888
  },
  "an item that failed inside the model": {
    serve: answer(207, (urls) => body(10010, secondFails(98004)(urls)), secondWork("done", "maybe")),
    ends: ["ok", "ServiceFailed", "ok"],
    requests: 1,
    code: 98004
  },
  "an item whose host did not answer, once": {
    serve: ({ nth, response, urls }) => {
      json(
        response,
        207,
        body(
          10010,
          urls.map((url) => output(url, nth === 1 && isBad(url) ? 39996 : 10000))
        )
      )
      return urls.map((url) => (nth === 1 && isBad(url) ? "none" : "done"))
    },
    ends: "ok",
    attempts: [1, 2, 1],
    requests: 2
  },
  "the last output missing": {
    serve: answer(200, (urls) => body(10000, outputs(urls).slice(0, 2)), "done"),
    ends: ["ok", "ok", "MalformedAnswer"],
    requests: 1
  },
  "an output in the middle missing": {
    serve: answer(
      200,
      (urls) =>
        body(
          10000,
          outputs(urls).filter((_, i) => i !== 1)
        ),
      "done"
    ),
    ends: ["ok", "MalformedAnswer", "ok"],
    requests: 1
  },
  "outputs in another order": {
    serve: answer(200, (urls) => body(10000, outputs(urls).toReversed()), "done"),
    ends: "ok",
    requests: 1
  },
  "too many outputs": {
    serve: answer(200, (urls) => body(10000, [output("https://other.test/x.jpg"), ...outputs(urls)]), "done"),
    ends: "ok",
    requests: 1
  },
  "no outputs": { serve: answer(200, () => body(10000, []), "maybe"), ends: "MalformedAnswer", requests: 1 },
  "outputs that are no objects": {
    serve: answer(
      200,
      (urls) =>
        body(
          10000,
          urls.map((url, i) => (i === 1 ? "what" : output(url)))
        ),
      "done"
    ),
    ends: ["ok", "MalformedAnswer", "ok"],
    requests: 1
  },

  // whole calls refused for one input
  "refused for one input": {
    serve: ({ response, urls }) => (urls.some(isBad) ? refuse(response, 400, 30002) : well(response, urls)),
    ends: ["ok", "InputRejected", "ok"],
    attempts: [3, 3, 2],
    requests: 5,
    code: 30002
  },
  "refused for one input, all listed as failed": {
    serve: ({ response, urls }) => {
      if (!urls.some(isBad)) return well(response, urls)
      json(
        response,
        400,
        body(
          10020,
          urls.map((url) => output(url, isBad(url) ? 30104 : 30002))
        )
      )
      return "none"
    },
    ends: ["ok", "InputRejected", "ok"],
    attempts: [2, 1, 2],
    requests: 2,
    code: 30104
  },
  "too large for a gateway": {
    serve: ({ response, urls }) => {
      if (urls.length < 2) return well(response, urls)
      page(response, 413, "Too large")
      return "none"
    },
    ends: "ok",
    attempts: [3, 3, 2],
    requests: 5
  },
  "too large for the service": {
    serve: ({ response, urls }) => (urls.length < 2 ? well(response, urls) : refuse(response, 413, 40033)),
    ends: "ok",
    attempts: [3, 3, 2],
    requests: 5
  }
}
