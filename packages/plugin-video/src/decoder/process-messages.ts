// Messages between this program and a decoder process. Each request has a number; answers carry it.
import type { SampleTables } from "../container/sample-tables.ts"
import type { Frame, FrameLimits } from "../sampling/frame.ts"
import type { ChoiceSpec } from "../sampling/choose.ts"
import type { Selection } from "../sampling/selection.ts"
import type { RenderOptions } from "../picture/picture.ts"
import type { PartLimits } from "../split/cut-points.ts"
import type { VideoPart } from "../split/split-video.ts"
import type { OpenTrack } from "./open-video.ts"
import type { LocalOptions } from "./local-video.ts"

/** A typed error as data. */
export interface ErrorData {
  readonly tag: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What the process is asked to do. `credits`: how many items it may send before the first is taken. */
export type Work =
  | {
      readonly work: "open"
      readonly sizeBytes: number
      readonly far: boolean
      /** All bytes, if they are few. */
      readonly bytes?: Uint8Array
      readonly options: LocalOptions
      readonly memoryMiB: number
    }
  | {
      readonly work: "frames"
      readonly selection: Selection
      readonly render: RenderOptions
      readonly limits?: FrameLimits
      readonly choose?: ChoiceSpec
      readonly credits: number
    }
  | { readonly work: "parts"; readonly limits: PartLimits; readonly credits: number }
  | { readonly work: "endUs" }
  | { readonly work: "tables" }
  | { readonly work: "count"; readonly selection: Selection }
  | { readonly work: "close" }

/** Messages to the process. */
export type ToProcess =
  | { readonly kind: "work"; readonly id: number; readonly work: Work }
  | { readonly kind: "credit"; readonly id: number }
  | { readonly kind: "stop"; readonly id: number }
  | { readonly kind: "bytes"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: "unreadable"; readonly id: number; readonly error: ErrorData }

/** A frame on its way; one without bytes repeats the picture before it. */
export type FrameItem = Omit<Frame, "bytes"> & { readonly bytes?: Uint8Array }

/** What the process knows of an open video. */
export interface OpenedData {
  readonly track: Omit<OpenTrack, "endUs">
  readonly canSplit: boolean
  readonly hasTables: boolean
}

/** The answers to each kind of work. */
export interface Answers {
  readonly open: OpenedData
  readonly frames: undefined
  readonly parts: undefined
  readonly endUs: number
  readonly tables: SampleTables | undefined
  readonly count: number | undefined
  readonly close: undefined
}

/**
 * Messages from the process. `ready`: its program was loaded. `advance`: pictures were read since the last message. `closed`
 * answers the work `close`.
 */
export type FromProcess =
  | { readonly kind: "ready" }
  | { readonly kind: "item"; readonly id: number; readonly item: FrameItem | VideoPart }
  | { readonly kind: "done"; readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly kind: "failed"; readonly id: number; readonly error: ErrorData }
  | { readonly kind: "advance" }
  | { readonly kind: "read"; readonly id: number; readonly start: number; readonly end: number }
  | { readonly kind: "closed"; readonly id: number }
