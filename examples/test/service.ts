// A service that answers each example as the platform would; all values are made up.
import { createServer } from "node:http"

const ok = { code: 10000, description: "Ok" }
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAABUlEQVR4nGP4z++XbTYAAAAGSURBVAAAAgEBAIImij0AAAAASUVORK5CYII="
const concept = (name: string, value: number) => ({ id: `ai_${name}`, name, value, app_id: "main" })
const region = (name: string, info: object) => ({
  id: `r-${name}`,
  region_info: info,
  data: { concepts: [concept(name, 0.93)] },
  value: 0.93
})
const box = { bounding_box: { top_row: 0.1, left_col: 0.2, bottom_row: 0.55, right_col: 0.45 } }
const text = (raw: string, more = {}) => ({
  data: { text: { raw, text_info: { encoding: "UnknownTextEnc" } } },
  ...more
})
const picture = { base64: "iVBORw0KGgo=", image_info: { width: 1024, height: 1024, format: "PNG", color_mode: "RGB" } }

interface InputJson {
  readonly id?: string
  readonly data: {
    readonly image?: { readonly url?: string }
    readonly audio?: { readonly url?: string }
    readonly text?: { readonly raw?: string }
    readonly metadata?: { readonly _method_name?: string }
    readonly parts?: ReadonlyArray<{ readonly id: string; readonly data: { readonly int_value?: number } }>
  }
}
interface Body {
  readonly inputs?: ReadonlyArray<InputJson>
  readonly model?: {
    readonly model_version: {
      readonly output_info: {
        readonly params?: Readonly<Record<string, unknown>>
        readonly output_config?: Readonly<Record<string, unknown>>
      }
    }
  }
}

const infoOf = (body: Body) => body.model?.model_version.output_info ?? {}
const param = (body: Body, name: string): unknown => infoOf(body).params?.[name]

/** What the classifier knows, less what is not asked for. */
const chosen = (body: Body) => {
  const { min_value: least = 0, select_concepts: select } = infoOf(body).output_config ?? {}
  return [concept("train", 0.9989112), concept("railway", 0.9975532), concept("blur", 0.31)]
    .filter(({ name }) => !Array.isArray(select) || select.some((one) => Object(one).name === name))
    .filter(({ value }) => value >= Number(least))
}

/** What a model answers to parameters that it cannot use. */
const wrong = { status: { code: 21202, description: "bad argument" }, data: {} }

/** What each model says about an input. */
const say: Readonly<Record<string, (input: InputJson, body: Body) => object>> = {
  "general-image-recognition": ({ data }, body) =>
    data.image?.url?.endsWith("no.jpg")
      ? { status: { code: 30002, description: "Download failed; check URL" }, data: {} }
      : { data: { concepts: chosen(body) } },
  "general-image-detection": ({ data }, body) =>
    data.image
      ? { data: { regions: [region("Car", box), region("Person", box)] } }
      : {
          data: {
            frames: [0.5, 1.5].map((step, index) => ({
              frame_info: { index, time: step * Number(infoOf(body).output_config?.["sample_ms"] ?? 1000) },
              data: { regions: [region("Glass", box)] }
            }))
          }
        },
  "image-general-segmentation": () => ({
    data: {
      regions: [
        region("tree", { mask: { image: { base64: png, image_info: { width: 2, height: 1, format: "PNG" } } } })
      ]
    }
  }),
  "general-english-image-caption-blip": () => text("a brown dog on grass"),
  "stabilityai-upscale": (_, body) => ({
    data: { image: { ...picture, image_info: { ...picture.image_info, width: param(body, "width") } } }
  }),
  "image-embedder-clip": () => ({ data: { embeddings: [{ vector: [0.0125, -0.03, 0.5], num_dimensions: 3 }] } }),
  "sentiment-analysis-twitter-roberta-base": ({ data }) => ({
    data: { concepts: [concept(data.text?.raw?.includes("great") ? "positive" : "negative", 0.97)] }
  }),
  "GPT-4": ({ data }, body) =>
    param(body, "temperature") === 0 && data.text?.raw?.includes("awful")
      ? text("negative", { prompt_tokens: 21, completion_tokens: 1 })
      : text("positive"),
  "dall-e-3": (_, { model }) =>
    model?.model_version.output_info.params?.["api_key"] === "third-party-key"
      ? { data: { image: picture } }
      : { status: { code: 11008 } },
  "speech-synthesis": (_, body) => ({
    ...(param(body, "voice_id") === "v1" ? {} : wrong),
    data: {
      audio: {
        base64: "UklGRiQAAABXQVZF",
        audio_info: { audio_format: "WAV", sample_rate: 44100, duration_seconds: 1.5 }
      }
    }
  }),
  "cohere-embed-english-v3_0": (_, body) =>
    param(body, "input_type") === "search_query"
      ? { data: { embeddings: [{ vector: [0.1, -0.2], num_dimensions: 2 }] } }
      : wrong,
  "asr-wav2vec2-base-960h-english": ({ data }) => (data.audio?.url ? text("HELLO THERE") : wrong),
  "gpt-oss-120b": ({ data }) => {
    const most = data.parts?.find(({ id }) => id === "max_tokens")?.data.int_value
    return data.metadata?._method_name === "predict"
      ? { data: { parts: [{ id: "return", data: { string_value: `Mars, in ${most} tokens at most.` } }] } }
      : { status: { code: 30104 }, data: {} }
  },
  "openai-gpt-4-vision": ({ data }) =>
    text(data.image && data.text ? "It looks like dusk." : "A question needs a picture.")
}

const answer = (path: string, body: Body): unknown => {
  const inputs = body.inputs ?? []
  const [, model] = /\/models\/([^/]+)\/(?:versions\/[^/]+\/)?outputs$/.exec(path) ?? []
  const outputOf = (name: string, input: InputJson) => ({
    id: "o",
    status: ok,
    model: { id: name },
    input,
    ...say[name]?.(input, body)
  })
  if (model !== undefined && say[model]) {
    const outputs = inputs.map((input) => outputOf(model, input))
    const bad = outputs.filter(({ status }) => status.code !== 10000).length
    return { status: bad === 0 ? ok : { code: 10010, description: "Mixed Success" }, outputs }
  }
  if (path.endsWith("/workflows/labels-and-boxes/results")) {
    const nodes = ["general-image-recognition", "general-image-detection"]
    return {
      status: ok,
      results: inputs.map((input) => ({ status: ok, input, outputs: nodes.map((node) => outputOf(node, input)) }))
    }
  }
  if (path.endsWith("/inputs/status"))
    return { status: ok, counts: { processed: 1, to_process: 0, processing: 0, errors: 0 } }
  if (path.endsWith("/inputs/searches"))
    return { status: ok, hits: [{ score: 0.99, input: { id: "p1", status: { code: 30000 } } }] }
  if (path.endsWith("/inputs"))
    return { status: ok, inputs: inputs.map((input) => ({ ...input, status: { code: 30001 } })) }
  return { status: { code: 11101, description: "Resource does not exist" } }
}

const pieces = ["Ma", "rs", "."].map((raw, i) => ({
  result: {
    status: ok,
    outputs: [{ status: ok, ...text(raw), ...(i === 2 ? { prompt_tokens: 9, completion_tokens: 3 } : {}) }]
  }
}))

/** Starts the service on 127.0.0.1; only calls with the key `examples-key` are answered. */
export const startService = async (): Promise<{ readonly baseUrl: string; readonly close: () => void }> => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { pathname } = new URL(request.url ?? "", "http://localhost")
      const allowed = request.headers.authorization === "Key examples-key"
      response.writeHead(allowed ? 200 : 401, { "content-type": "application/json" })
      const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Body)
      if (allowed && pathname.endsWith("/outputs/generate")) {
        if (param(body, "system_prompt") !== "Be short.")
          return response.end(`${JSON.stringify({ result: { status: wrong.status } })}\n`)
        for (const piece of pieces) response.write(`${JSON.stringify(piece)}\n`)
        return response.end()
      }
      return response.end(JSON.stringify(allowed ? answer(pathname, body) : { status: { code: 11009 } }))
    })
  })
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
  const address = server.address()
  return {
    baseUrl: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
