/** A prediction's call by undici's dispatcher, as somebody writes it by hand. */
import type { Pool } from "undici"
import { key, modelPath } from "./job.ts"

const headers = { authorization: `Key ${key}`, "content-type": "application/json" }

/** Sends a body and gives the answer's text. */
export const post = (pool: Pool, body: Uint8Array | string): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Array<Buffer> = []
    pool.dispatch(
      { path: modelPath, method: "POST", headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => resolve(Buffer.concat(chunks).toString("utf8")),
        onResponseError: (_controller, cause) => reject(cause)
      }
    )
  })
