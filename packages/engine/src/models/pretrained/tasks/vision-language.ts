/** Vision-language models: an image and a question, or an image to describe. */
import type * as Hub from "@huggingface/transformers"
import { importOptional } from "../../../optional-import.ts"
import { imageOf } from "../model-process/job-image.ts"
import { textOf } from "../model-process/job-text.ts"
import type { LoadedModel, ModelJob, ModelSetup } from "../model-process/model-messages.ts"
import { isFound, labelsIn } from "../transformers-output.ts"
import { chatOf, collectPieces, type Tokenizer, tokenOptions } from "./text-generation.ts"

/** Models whose processor takes the image before the text; the others take the text first. */
const imageFirst = new Set([
  "llava",
  "llava_onevision",
  "llava_qwen2",
  "moondream1",
  "florence2",
  "paligemma",
  "lfm2_vl",
  "mistral3",
  "lighton_ocr"
])

/** The part of a processor that is used here. */
type Processor = ((first: unknown, second: unknown) => Promise<object>) & {
  readonly tokenizer?: Tokenizer
  readonly chat_template?: unknown
  readonly config?: unknown
  readonly apply_chat_template: (messages: ReadonlyArray<unknown>, options: object) => unknown
}

/** What a model is asked that only gets an image. */
const defaultPrompt = (modelType: string): string =>
  modelType === "florence2" ? "<CAPTION>" : "Describe this image in one sentence."

/** The prompt in the form of the model: its template for chats, or the text with the mark of the image before it. */
const promptFor = (processor: Processor, tokenizer: Tokenizer, job: ModelJob, text: string): string => {
  if (typeof (processor.chat_template ?? tokenizer.chat_template) === "string") {
    const prompt = processor.apply_chat_template(chatOf(job, [{ type: "image" }, { type: "text", text }]), {
      tokenize: false,
      add_generation_prompt: true
    })
    if (typeof prompt === "string") return prompt
  }
  const mark = isFound(processor.config) ? processor.config["image_token"] : undefined
  return typeof mark !== "string" || text.includes(mark) ? text : `${mark}\n${text}`
}

/** Opens a vision-language model. `source`: its folder's name, or its name on the hub. */
export const loadVisionLanguage = async (
  source: string,
  modelType: string,
  { manifest }: Pick<ModelSetup, "manifest">
): Promise<LoadedModel> => {
  const hub = await importOptional<typeof Hub>("@huggingface/transformers")
  const processor = (await hub.AutoProcessor.from_pretrained(source)) as unknown as Processor // the common part of all
  const model = await hub.AutoModelForImageTextToText.from_pretrained(source, {
    dtype: (manifest.dtype ?? "fp32") as "fp32" // any of its names; it refuses others itself
  })
  const { tokenizer } = processor
  if (tokenizer === undefined) throw new Error("the model's files name no processor of images and texts")
  const asked = manifest.type === "image-to-text" ? (manifest.prompt ?? defaultPrompt(modelType)) : undefined
  return {
    labels: labelsIn(model.config),
    run: async (job, onPiece) => {
      const { data, height, width } = imageOf(job)
      const image = new hub.RawImage(new Uint8ClampedArray(data), width, height, 3)
      const prompt = promptFor(processor, tokenizer, job, asked ?? textOf(job))
      const inputs = await (imageFirst.has(modelType) ? processor(image, prompt) : processor(prompt, [image]))
      const written = collectPieces(hub, tokenizer, job, onPiece)
      await model.generate({ ...inputs, ...tokenOptions(job), streamer: written.streamer })
      return written.result(tokenizer.encode(prompt, { add_special_tokens: false }).length)
    }
  }
}
