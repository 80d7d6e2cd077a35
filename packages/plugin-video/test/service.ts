// A service that answers predictions of images and videos: what it was sent is what it saw.
import { type FakeCall, fakeConnection } from "@sightline/core/testing"
import { decodeFrames } from "../src/index.ts"

interface SentInput {
  readonly data: {
    readonly image?: { readonly base64?: string; readonly url?: string }
    readonly video?: { readonly base64?: string; readonly url?: string }
  }
}

interface SentBody {
  readonly inputs: ReadonlyArray<SentInput>
  readonly model?: {
    readonly model_version?: { readonly output_info?: { readonly output_config?: { readonly sample_ms?: number } } }
  }
}

/** A body as the fake wire saw it; the tests know its shape, since they caused it. */
export const bodyOf = (call: FakeCall): SentBody => call.body as SentBody

export const sampleMsOf = (call: FakeCall): number | undefined =>
  bodyOf(call).model?.model_version?.output_info?.output_config?.sample_ms

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"))

const ok = { code: 10000, description: "Ok" }
const concept = (name: string, value: number) => ({ id: name, name, value })

/** Decodes the video it gets, as a service would, and answers one concept for each frame. */
const answerVideo = async (input: SentInput, sampleMs: number) => {
  const { base64 } = input.data.video ?? {}
  const frames: Array<unknown> = []
  if (base64 !== undefined)
    for await (const { index, timeMs } of decodeFrames(bytesOf(base64), { everyMs: sampleMs, maxSide: 64 }))
      frames.push({ frame_info: { index, time: timeMs }, data: { concepts: [concept("train", 0.9)] } })
  else frames.push({ frame_info: { index: 0, time: 0 }, data: { concepts: [concept("url", 0.9)] } })
  return { id: "o", status: ok, data: { frames } }
}

const answerImage = async (input: SentInput) => ({
  id: "o",
  status: ok,
  data: { concepts: [concept("picture", Math.min(1, (input.data.image?.base64?.length ?? 0) / 1e6))] }
})

/** A connection to such a service. `refuse` says at which call it starts to fail. */
export const service = (
  options: Parameters<typeof fakeConnection>[1] & { readonly refuse?: number } = {}
): ReturnType<typeof fakeConnection> => {
  let calls = 0
  return fakeConnection(async (call) => {
    if (options.refuse !== undefined && calls++ >= options.refuse)
      return {
        status: { code: 10020, description: "Failure" },
        outputs: [{ status: { code: 30002, description: "Download failed" } }]
      }
    const { inputs } = bodyOf(call)
    const outputs = await Promise.all(
      inputs.map((input) =>
        input.data.video === undefined ? answerImage(input) : answerVideo(input, sampleMsOf(call) ?? 1000)
      )
    )
    return { status: ok, outputs }
  }, options)
}
