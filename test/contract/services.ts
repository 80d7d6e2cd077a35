/**
 * What the contract is shown on: the SDK over an engine, in this process, on a socket and over gRPC, each with a folder of
 * its own.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { clarifai, type Connection, sightline, type CallEvent } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { type Exchange, recordedConnection, recording } from "@sightline/core/testing"
import { engine } from "@sightline/engine"
import { grpc } from "@sightline/grpc"
import { exif } from "@sightline/plugin-exif"
import { memoryJournal, training } from "@sightline/plugin-training"
import { video } from "@sightline/plugin-video"
import * as tiny from "../../packages/engine/test/models/pretrained/tiny-models.ts"

/** An app with every plugin. */
export const appOver = (connection: Connection, onEvent: (event: CallEvent) => void = () => {}) =>
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
  readonly watched: (onEvent: (event: CallEvent) => void) => TestApp
  /** The same service with a key that it does not know. */
  readonly stranger: TestApp
  /** The calls that the app made so far, with their answers. */
  readonly exchanges: ReadonlyArray<Exchange>
}

/** Few, so that there are several calls. */
const mostInputs = 16
const fewInputs = { image: mostInputs, text: mostInputs, audio: mostInputs, video: 1 }
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

/** Opens an engine on a fresh folder and asks it in this process, over HTTP or over gRPC. */
export const openService = async (where: "process" | "socket" | "grpc"): Promise<Service> => {
  const directory = mkdtempSync(join(tmpdir(), "contract-"))
  putModels(join(directory, "models"))
  const local = engine({
    directory,
    embedder: "fast",
    workers: 2,
    key,
    allowUrls: true,
    frameTimes: "start", // where the video plugin takes the frames that it decodes itself
    limits: { inputsPerCall: mostInputs, modelTimeoutMs: 60_000, decodeTimeoutMs: 30_000 } // a busy machine is slow
  })
  const { grpcAddress, url } = await local.serve({ grpc: where === "grpc" })
  const there = (pat: string): Connection => {
    const options = { pat, userId: "me", appId: "main", limits: { inputsPerCall: fewInputs, inputsPerAdd: mostInputs } }
    return grpcAddress === undefined
      ? clarifai({ ...options, baseUrl: url })
      : grpc({ ...options, address: grpcAddress })
  }
  // A recorder reads bodies as text, and media that travel as bytes are not in it.
  const inner = where === "process" ? local : there(key)
  const recorded = where === "grpc" ? undefined : recording<Connection>(inner)
  const connection = recorded ?? inner
  return {
    exchanges: recorded?.exchanges ?? [],
    app: appOver(connection),
    watched: (onEvent) => appOver(connection, onEvent),
    stranger: appOver(there("another-key-of-thirty-two-chars--")),
    [Symbol.asyncDispose]: async () => {
      await local[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

/** No service at all: what an engine answered is answered again, to an app whose connection is otherwise that of an engine. */
export const replayService = (exchanges: ReadonlyArray<Exchange>): Service => {
  const like = engine({ directory: "nowhere", limits: { inputsPerCall: mostInputs } }) // nothing is opened before its first call, and it gets none
  const { fetch } = recordedConnection(exchanges)
  const connection: Connection = { ...like, fetch }
  return {
    app: appOver(connection),
    watched: (onEvent) => appOver(connection, onEvent),
    stranger: appOver(connection),
    exchanges,
    [Symbol.asyncDispose]: () => Promise.resolve()
  }
}
