/** Sources, items and steps for suites that test one module and no app. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Source, Step } from "../../src/chain/chain-state.ts"
import { stage, stageMany } from "../../src/chain/stage.ts"
import { Media } from "../../src/media/media.ts"
import { compile } from "../../src/run/program.ts"
import type { Item } from "../../src/run/input-series.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- steps of these suites take values of many shapes
export type AnyValue = any

/** A medium by its address, with a key where one is given. */
export const imageOf = (name: string, key?: string) =>
  new Media("image", { from: "url", url: `https://x.test/${name}.jpg` }, key === undefined ? {} : { key })

/** A source of one value. */
export const one = (value: unknown): Source => ({
  name: "input",
  args: [],
  portable: false,
  type: "one",
  open: Effect.succeed(value)
})

/** A source of several values. */
export const many = (values: ReadonlyArray<unknown>, replayable = true): Source => ({
  name: "inputs",
  args: [],
  portable: false,
  type: "many",
  open: () => Stream.fromIterable(values),
  replayable,
  finite: true
})

export const predict = (model = "m"): Step => ({ type: "predict", model })
export const map = (f: (value: AnyValue) => unknown): Step => ({ type: "map", f })

/** A step that runs `f`. */
export const step = (name: string, f: (value: AnyValue) => unknown): Step => ({
  type: "stage",
  verb: name,
  args: [],
  stage: stage(name, {}, (value: unknown) => Effect.sync(() => f(value)))
})

/** A step that makes several values of one. */
export const split = (name: string, f: (value: AnyValue) => ReadonlyArray<unknown>): Step => ({
  type: "stage",
  verb: name,
  args: [],
  stage: stageMany(name, {}, (value: unknown) => Stream.fromIterable(f(value)))
})

/** Items of a series that hold these values. */
export const itemsOf = (...values: ReadonlyArray<unknown>): ReadonlyArray<Item> =>
  values.map((value, index) => ({
    index,
    key: value instanceof Media ? value.facts.key : undefined,
    exit: Exit.succeed(value)
  }))

/** The program of these steps over one value or several. */
export const programOf = (source: Source, ...steps: ReadonlyArray<Step>) => compile({ source, steps })
