/** What the contract is shown on: the SDK over an engine, in this process and on a socket, each with a folder of its own. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { clarifai, type Connection, sightline, type WireEvent } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { exif } from "@sightline/plugin-exif"
import { memoryJournal, training } from "@sightline/plugin-training"
import { video } from "@sightline/plugin-video"
import * as tiny from "../../packages/engine/test/pretrained/models.ts"

/** An app with every plugin. */
export const appOver = (connection: Connection, onEvent: (event: WireEvent) => void = () => {}) =>
  sightline(connection, { onEvent })
    .use(exif())
    .use(video())
    .use(training({ journal: memoryJournal() }))
    .use(resources())

/** An app with every plugin. */
export type TestApp = ReturnType<typeof appOver>

/** A service that has the models of these tests. */
export interface Service extends AsyncDisposable {
  readonly app: TestApp
  /** A further app on the same service, whose calls are told of. */
  readonly watched: (onEvent: (event: WireEvent) => void) => TestApp
  /** The same service with a key that it does not know. */
  readonly stranger: TestApp
}

const key = "contract-key-of-thirty-two-chars"

/** Tiny models, made here, under the ids of the models they stand for and under some of their own. */
const putModels = (folder: string): void => {
  tiny.putClassifier(folder, "general-image-recognition")
  tiny.putDetector(folder, "face-detection")
  tiny.putSegmenter(folder, "image-general-segmentation")
  tiny.putEmbedder(folder, "vector")
  tiny.putTextClassifier(folder, "tone")
  tiny.putTextEmbedder(folder, "meaning")
  tiny.putTextGenerator(folder, "letters")
  tiny.putListener(folder, "listener")
  tiny.putSpeaker(folder, "speaker")
}

/** Opens an engine on a fresh folder and asks it in this process or over a socket. */
export const openService = async (where: "process" | "socket"): Promise<Service> => {
  const directory = mkdtempSync(join(tmpdir(), "contract-"))
  putModels(join(directory, "models"))
  const local = engine({
    directory,
    embedder: "fast",
    workers: 2,
    key,
    allowUrls: true,
    frameTimes: "start", // where the video plugin takes the frames that it decodes itself
    limits: { modelTimeoutMs: 60_000 }
  })
  const { url } = await local.serve()
  const there = (pat: string) => clarifai({ baseUrl: url, pat, userId: "me", appId: "main" })
  const connection = where === "process" ? local : there(key)
  return {
    app: appOver(connection),
    watched: (onEvent) => appOver(connection, onEvent),
    stranger: appOver(there("another-key-of-thirty-two-chars--")),
    [Symbol.asyncDispose]: async () => {
      await local[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
