/**
 * The data of a report: what the writer puts into the file and the page reads from it. Plain JSON, so that both sides
 * share these types and nothing else.
 */

/** Kinds of inputs by their code in {@link RowColumns.kind}. `other` is what no medium is known of. */
export const rowKinds = ["image", "video", "text", "audio", "other"] as const
export type RowKind = (typeof rowKinds)[number]

/** `[top, left, bottom, right]` as fractions of a picture. */
export type Edges = readonly [top: number, left: number, bottom: number, right: number]

/** `[x, y]` as fractions of a picture. */
export type Spot = readonly [x: number, y: number]

/** A width and a height in pixels. */
export type Extent = readonly [width: number, height: number]

/**
 * What is known of every outcome at once: one array per column, one element per row. Enough for the grid and its
 * filters; everything else is in {@link RowDetail}.
 */
export interface RowColumns {
  readonly count: number
  /** Position of the input in its source, from 0. */
  readonly index: ReadonlyArray<number>
  /** Position in {@link rowKinds}. */
  readonly kind: ReadonlyArray<number>
  /** The caller's names, where they were asked for. */
  readonly label?: ReadonlyArray<string>
  /** Position in {@link ReportData.errors}; -1 for an answer. */
  readonly error: ReadonlyArray<number>
  /** Calls that carried the input; -1 where that is not known. */
  readonly attempts: ReadonlyArray<number>
  /** The call that settled the input, by {@link CallData.id}; 0 where that is not known. */
  readonly call: ReadonlyArray<number>
  /** Number of concepts of each row; their ids and scores follow one another in the next two columns. */
  readonly conceptCount: ReadonlyArray<number>
  /** Positions in {@link ReportData.concepts}, highest score first. */
  readonly concept: ReadonlyArray<number>
  readonly score: ReadonlyArray<number>
  /** Number of boxes of each row; `boxes` holds five integers for each: edges in thousandths, then the concept. */
  readonly boxCount: ReadonlyArray<number>
  readonly boxes: ReadonlyArray<number>
  /** 1 where the detail has masks. */
  readonly masks: ReadonlyArray<number>
  /** A text answer, or the message of a failure, shortened. */
  readonly excerpt: ReadonlyArray<string>
  /** Which of the row's pictures stands for it, by its slot. */
  readonly poster: ReadonlyArray<number>
  /** Length of a clip in milliseconds, by its frames; 0 for everything else. */
  readonly durationMs: ReadonlyArray<number>
}

/** A region as it is drawn and listed. */
export interface ShapeData {
  /** In the upright picture. Absent for a region of a text. */
  readonly upright?: Edges
  /** The same box in the pixels as the file stores them. */
  readonly stored?: Edges
  /** Names and scores, best first. */
  readonly concepts: ReadonlyArray<readonly [name: string, score: number]>
  readonly score: number
  /** Outline in the upright picture. */
  readonly polygon?: ReadonlyArray<Spot>
  /** Points in the upright picture. */
  readonly points?: ReadonlyArray<Spot>
  readonly mask?: MaskData
  /** What is written there, or the part of the text. */
  readonly text?: string
  /** `[start, end]` in code points, for a region of a text. */
  readonly span?: readonly [number, number]
}

/** A mask over the upright picture: lengths of runs row by row, outside first. */
export interface MaskData {
  readonly width: number
  readonly height: number
  readonly runs: ReadonlyArray<number>
}

/** One sampled frame of a clip. */
export interface FrameData {
  readonly timeMs: number
  /** Slot of the frame's picture among those of its row; absent where it has none. */
  readonly picture?: number
  readonly concepts: ReadonlyArray<readonly [name: string, score: number]>
  readonly shapes: ReadonlyArray<ShapeData>
  readonly text?: string
}

/** One answer of a row: a row has several where several models were asked, or crops were predicted. */
export interface AnswerData {
  /** The name the caller gave the model, or where the crop is. */
  readonly name?: string
  readonly model?: string
  readonly version?: string
  readonly concepts: ReadonlyArray<readonly [name: string, score: number]>
  readonly shapes: ReadonlyArray<ShapeData>
  readonly frames: ReadonlyArray<FrameData>
  readonly text?: string
  readonly colors?: ReadonlyArray<readonly [hex: string, name: string, coverage: number]>
  /** Lines of other facts, such as an embedding's dimensions. */
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>
  readonly failure?: FailureData
}

/** Why an input, or one answer about it, failed. */
export interface FailureData {
  readonly tag: string
  readonly message: string
  /** Further fields, in the order in which they are shown. */
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>
}

/** Everything about one row that the lightbox shows. */
export interface RowDetail {
  readonly answers: ReadonlyArray<AnswerData>
  readonly failure?: FailureData
  readonly requestId?: string
  /** EXIF orientation of the stored picture, 1 to 8. */
  readonly orientation: number
  readonly stored?: Extent
  readonly upright?: Extent
  /** Why the picture is missing. */
  readonly noPicture?: string
  /** The input's own text, where texts were asked for. */
  readonly inputText?: string
  /** The answer, or the error, as JSON text without bytes and secrets. */
  readonly json: string
}

/** One attempt of a call. Times are milliseconds from the first event. */
export interface AttemptData {
  readonly startMs: number
  readonly ms: number
  /** Milliseconds it waited for the rate limit before it was sent. */
  readonly rateWaitMs?: number
  /** Milliseconds waited after it, before the next attempt. */
  readonly retryWaitMs?: number
  /** The service's status number. */
  readonly code?: number
  readonly httpStatus?: number
  /** The tag of the error that it failed with; absent for a success. */
  readonly error?: string
}

/** One call with its attempts. */
export interface CallData {
  readonly id: number
  /** The model, or the method and the path of another call. */
  readonly what: string
  /** Whether it is a prediction. */
  readonly predicts: boolean
  readonly items: number
  readonly bytes: number
  /** The call whose refusal or failure led to this one; absent for a first call. */
  readonly parent?: number
  readonly attempts: ReadonlyArray<AttemptData>
}

/** Time spent under one name. */
export interface TimeData {
  readonly name: string
  readonly ms: number
  readonly count: number
}

/** What the plan said, by model. */
export interface PlanData {
  readonly steps: ReadonlyArray<string>
  readonly calls: number
  readonly items: number
  readonly bytes: number
  readonly seconds: number
  readonly notes: ReadonlyArray<string>
}

/** The calls of a run and what they cost. */
export interface RunData {
  readonly calls: ReadonlyArray<CallData>
  /** Calls that were not kept because there were too many. */
  readonly more: number
  readonly durationMs: number
  readonly stages: ReadonlyArray<TimeData>
  readonly plugins: ReadonlyArray<TimeData>
  readonly tokens?: { readonly prompt: number; readonly completion: number; readonly cached: number }
  readonly plan?: PlanData
}

/** How well one concept is found; the figures of plugin-training's `evaluate`. */
export interface ConceptFigures {
  readonly name: string
  readonly positives: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly rocAuc?: number
  readonly threshold: number
}

/** Every test of a version, one array per column. */
export interface TestColumns {
  /** Row of the test. */
  readonly row: ReadonlyArray<number>
  /** Positions of the concepts that are there. */
  readonly truth: ReadonlyArray<ReadonlyArray<number>>
  /** One score per concept, in the order of {@link EvaluationData.concepts}. */
  readonly scores: ReadonlyArray<ReadonlyArray<number>>
}

/** One version's evaluation. */
export interface VersionData {
  readonly name: string
  readonly tests: number
  readonly failed: number
  readonly accuracy: number
  readonly macroF1: number
  readonly concepts: ReadonlyArray<ConceptFigures>
  /** Counts by truth (outer) and highest score (inner), in the order of {@link EvaluationData.concepts}. */
  readonly confusion: ReadonlyArray<ReadonlyArray<number>>
  /** Absent where only figures were given. */
  readonly scored?: TestColumns
  readonly worst: ReadonlyArray<MistakeData>
}

/** A test that a version got wrong. */
export interface MistakeData {
  /** Absent where its picture and scores are not in the report. */
  readonly row?: number
  readonly name: string
  readonly predicted: ReadonlyArray<string>
  readonly truth: ReadonlyArray<string>
  readonly score: number
}

/** The evaluation of one or several versions on the same tests; the first is the one that is shown. */
export interface EvaluationData {
  readonly concepts: ReadonlyArray<string>
  readonly exclusive: boolean
  readonly versions: ReadonlyArray<VersionData>
}

/** Something that was left out, and why. */
export interface SkippedData {
  readonly what: string
  readonly why: string
  readonly row?: number
}

/** Pictures by position: whose they are and their sizes here, their bytes in blocks of `perBlock`. */
export interface PictureTable {
  readonly perBlock: number
  readonly row: ReadonlyArray<number>
  /** Counts the pictures of one row from 0; only a clip has more than one. */
  readonly slot: ReadonlyArray<number>
  readonly width: ReadonlyArray<number>
  readonly height: ReadonlyArray<number>
}

/** What the page reads first. */
export interface ReportData {
  readonly format: 1
  readonly title: string
  /** Names of concepts; rows name them by position. */
  readonly concepts: ReadonlyArray<string>
  /** Tags of errors; rows name them by position. */
  readonly errors: ReadonlyArray<string>
  readonly models: ReadonlyArray<string>
  readonly rows: RowColumns
  /** Rows in one block of details. */
  readonly rowsPerBlock: number
  readonly pictures: PictureTable
  readonly evaluation?: EvaluationData
  readonly run?: RunData
  readonly skipped: ReadonlyArray<SkippedData>
  /** Sentences about what the report does not hold. */
  readonly notes: ReadonlyArray<string>
}
