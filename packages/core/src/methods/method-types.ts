// Methods of models that take named arguments: how their types are written, and what they are in TypeScript.
import type { MediaInput } from "../media/media.ts"
import type { Concept } from "../results/concept.ts"
import type { AudioMade, ImageMade, NdArray, VideoMade } from "../results/generated-media.ts"
import type { Frame, Region } from "../results/region.ts"
import type { Json } from "../predict/predict-options.ts"

/** What each plain type is when it is given, and when it comes back. */
interface Plain {
  readonly str: readonly [given: string, back: string]
  readonly int: readonly [given: number, back: number]
  readonly float: readonly [given: number, back: number]
  readonly bool: readonly [given: boolean, back: boolean]
  readonly bytes: readonly [given: Uint8Array, back: Uint8Array]
  readonly json: readonly [given: Json, back: Json]
  readonly text: readonly [given: string, back: string]
  readonly image: readonly [given: MediaInput, back: ImageMade]
  readonly audio: readonly [given: MediaInput, back: AudioMade]
  readonly video: readonly [given: MediaInput, back: VideoMade]
  readonly ndarray: readonly [given: NdArray, back: NdArray]
  readonly concept: readonly [given: Partial<Concept>, back: Concept]
  readonly region: readonly [given: never, back: Region]
  readonly frame: readonly [given: never, back: Frame]
}

/** The name of a plain type: `str`, `int`, `image` … */
export type PlainType = keyof Plain

/** The name of a plain type, or a list of one: `str`, `image[]`. */
export type FlatType = PlainType | `${PlainType}[]`

/**
 * The type of an argument or of a result: a plain type, a list of one (`"str[]"`), named fields
 * (`{ name: "str", score: "float" }`), or a fixed row of several (`["str", "int"]`).
 */
export type MethodType = FlatType | { readonly [name: string]: FlatType } | ReadonlyArray<FlatType>

/** The types of a method's arguments by name; one that may be left out ends in `?`, as in `"int?"`. */
export type Takes = Readonly<Record<string, MethodType | `${FlatType}?`>>

type Flat<T, At extends 0 | 1> = T extends PlainType
  ? Plain[T][At]
  : T extends `${infer P extends PlainType}[]`
    ? ReadonlyArray<Plain[P][At]>
    : never

type In<T, At extends 0 | 1> = T extends string ? Flat<T, At> : { readonly [K in keyof T]: Flat<T[K], At> }

/** What is given for an argument of that type. */
export type Given<T> = T extends `${infer U}?` ? In<U, 0> : In<T, 0>

/** What a result of that type is. */
export type Result<T> = In<T, 1>

type MayBeLeftOut<T extends Takes> = { [K in keyof T]: T[K] extends `${string}?` ? K : never }[keyof T]

/** A method's arguments by name. */
export type Arguments<T extends Takes> = {
  readonly [K in Exclude<keyof T, MayBeLeftOut<T>>]: Given<T[K]>
} & { readonly [K in MayBeLeftOut<T>]?: Given<T[K]> }
