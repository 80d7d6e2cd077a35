/** Asking an engine in tests: a fresh folder, JSON in, JSON out. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Engine, engine, type EngineOptions, type FetchLike } from "../../src/index.ts"
import { drawBase64, type Motif } from "./draw-picture.ts"

/** An answer of the protocol, loosely typed: tests read into it. */
export interface Reply {
  readonly http: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of many shapes
  readonly body: any
}

/** A folder of its own, removed when done. */
export const freshFolder = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), "sightline-engine-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Sends one request. */
export const ask = async (
  fetch: FetchLike,
  line: string,
  body?: unknown,
  headers: Record<string, string> = {}
): Promise<Reply> => {
  const [method = "GET", path = "/"] = line.split(" ")
  const response = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await response.text()
  return { http: response.status, body: text === "" ? undefined : JSON.parse(text) }
}

/** An engine in a folder of its own, with the fast embedder and one worker. */
export const freshEngine = (
  options: Partial<EngineOptions> = {}
): AsyncDisposable &
  Engine & {
    readonly directory: string
    readonly ask: (line: string, body?: unknown) => Promise<Reply>
  } => {
  const folder = freshFolder()
  const made = engine({ directory: folder.path, embedder: "fast", workers: 1, ...options })
  return {
    ...made,
    directory: folder.path,
    ask: (line, body) => ask(made.fetch, line, body),
    [Symbol.asyncDispose]: async () => {
      await made[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    }
  }
}

/** Asks until `done` says so; the test's own timeout is the limit. */
export const poll = async (look: () => Promise<Reply>, done: (reply: Reply) => boolean): Promise<Reply> => {
  for (;;) {
    const reply = await look()
    if (done(reply)) return reply
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Adds drawn pictures with their motif as the concept. */
export const addDrawn = async (
  fetch: FetchLike,
  motifs: ReadonlyArray<Motif>,
  each: number,
  from = 0
): Promise<Reply> => {
  const inputs = []
  for (const motif of motifs)
    for (let seed = from; seed < from + each; seed++)
      inputs.push({
        id: `${motif}-${seed}`,
        data: { image: { base64: await drawBase64(motif, seed) }, concepts: [{ id: motif }] }
      })
  return ask(fetch, "POST /v2/inputs", { inputs })
}

/** Creates a model over the motifs, trains it and waits; gives the version. */
export const trainDrawn = async (
  fetch: FetchLike,
  id: string,
  motifs: ReadonlyArray<Motif>,
  config: object = {}
): Promise<Reply> => {
  await ask(fetch, "POST /v2/models", {
    models: [{ id, output_info: { data: { concepts: motifs.map((motif) => ({ id: motif })) }, output_config: config } }]
  })
  const asked = await ask(fetch, `POST /v2/models/${id}/versions`)
  const version: string = asked.body.model.model_version.id
  return poll(
    () => ask(fetch, `GET /v2/models/${id}/versions/${version}`),
    ({ body }) => ![21103, 21101].includes(body.model_version.status.code)
  )
}
