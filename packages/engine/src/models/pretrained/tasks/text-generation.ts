/** Models that write: continuations, chats, translations and summaries, piece by piece. */
import { StatusCode } from "@sightline/core/status"
import type * as Hub from "@huggingface/transformers"
import { Refused } from "../../../vision/decoding/decode.ts"
import { textOf, textParam } from "../model-process/job-text.ts"
import type { ModelJob, ModelResult } from "../model-process/model-messages.ts"
import { type Found, isFound } from "../transformers-output.ts"

/** The part of a tokenizer of transformers.js that is used here. */
export interface Tokenizer {
  readonly chat_template?: unknown
  readonly apply_chat_template: (messages: ReadonlyArray<ChatMessage>, options: object) => unknown
  readonly encode: (text: string, options?: object) => { readonly length: number }
}

/** A message of a chat. */
export interface ChatMessage {
  readonly role: string
  readonly content: unknown
}

const pick = (from: Found, names: ReadonlyArray<string>): object =>
  Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined || from[name] === null ? [] : [[name, from[name]]]))
  )

/** The protocol's names for options of a generation. */
export const tokenOptions = ({ params }: ModelJob): object => {
  const { do_sample: sample, max_tokens: most = 128, temperature } = params
  const hot = typeof temperature === "number" && temperature > 0
  return {
    max_new_tokens: most,
    ...pick(params, ["top_k", "top_p", "num_beams", "repetition_penalty"]),
    ...(hot ? { temperature } : {}),
    do_sample: typeof sample === "boolean" ? sample : hot
  }
}

/** Options of a translation: both languages, as the model names them. */
export const languageOptions = ({ params }: ModelJob): object => pick(params, ["src_lang", "tgt_lang"])

/** Earlier messages of a chat, from the parameter `messages`. */
const earlierMessages = ({ params }: ModelJob): ReadonlyArray<ChatMessage> => {
  const { messages = [] } = params
  const problem = new Refused(
    StatusCode.PREDICT_INVALID_REQUEST,
    "messages must be a list of { role, content } with texts, the oldest first"
  )
  if (!Array.isArray(messages)) throw problem
  return messages.map((message: unknown) => {
    const { content, role } = isFound(message) ? message : {}
    if (typeof content !== "string" || typeof role !== "string") throw problem
    return { role, content }
  })
}

/** The messages of a job: the system's, earlier ones, and the user's text. */
export const chatOf = (job: ModelJob, content: unknown): ReadonlyArray<ChatMessage> => {
  const system = textParam(job, "system_prompt")
  return [
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    ...earlierMessages(job),
    { role: "user", content }
  ]
}

/**
 * The text that a model continues: the caller's template, else the model's own for chats, else the text after the system's
 * prompt. `special`: whether the tokenizer still has to add its special tokens.
 */
export const promptOf = (
  job: ModelJob,
  tokenizer: Tokenizer
): { readonly prompt: string; readonly special: boolean } => {
  const text = textOf(job)
  const template = textParam(job, "prompt_template")
  const system = textParam(job, "system_prompt")
  if (template === undefined && typeof tokenizer.chat_template === "string") {
    const prompt = tokenizer.apply_chat_template(chatOf(job, text), { tokenize: false, add_generation_prompt: true })
    if (typeof prompt === "string") return { prompt, special: false }
  }
  if (earlierMessages(job).length > 0)
    throw new Refused(
      StatusCode.PREDICT_INVALID_REQUEST,
      "messages are for models with a chat template; send the text alone"
    )
  const own = template === undefined ? text : template.replaceAll("{prompt}", () => text)
  return { prompt: system === undefined ? own : `${system}\n${own}`, special: true }
}

/** Collects what a model writes. The whole is its pieces, so that both ways of asking give the same text. */
export const collectPieces = (
  hub: typeof Hub,
  tokenizer: Tokenizer,
  job: ModelJob,
  onPiece: (text: string) => void
) => {
  const pieces: Array<string> = []
  let count = 0
  const add = (text: string): void => {
    if (text === "") return
    pieces.push(text)
    if (job.pieces) onPiece(text)
  }
  const streamer = new hub.TextStreamer(tokenizer as unknown as ConstructorParameters<typeof hub.TextStreamer>[0], {
    skip_prompt: true,
    skip_special_tokens: true,
    callback_function: add,
    token_callback_function: (tokens) => {
      count += tokens.length
    }
  })
  return {
    add,
    streamer,
    /** What was written, and how many tokens it has. */
    result: (promptTokens: number): ModelResult => ({
      kind: "text",
      text: pieces.join(""),
      promptTokens,
      completionTokens: count
    })
  }
}
