/** A streamed answer, piece by piece: what `.generate(model)` gives. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidOption, MalformedAnswer, type PredictError } from "../errors.ts"
import { toAnswer } from "../results/answer.ts"
import { generate } from "../transport/generate.ts"
import { callOf } from "../transport/predict.ts"
import { targetOf } from "../transport/target.ts"
import { iterate, run, type RunOptions } from "./edge.ts"
import { programOf } from "./elements.ts"
import { addressOf, locate, makeReady, type Predictor } from "./predict.ts"
import { placesOf, runSteps, type Scene } from "./steps.ts"
import { modelName, type ModelRef, type State } from "./state.ts"

type Signal = Pick<RunOptions, "signal">

/**
 * The answer of a model that tells it as it thinks. Nothing is sent until it is read; each reading asks anew.
 *
 * Each piece is an answer of its own: the `text` of a text model is what was added, to be joined as it is. A failure
 * after the first piece leaves those that came before it standing.
 */
export class Generation<out A, out E, out R> implements AsyncIterable<A> {
  readonly #stream: Stream.Stream<A, E, R>
  constructor(stream: Stream.Stream<A, E, R>) {
    this.#stream = stream
  }
  /** Piece by piece; leaving the loop closes the connection. Throws the typed error itself. */
  [Symbol.asyncIterator](this: Generation<A, E, never>): AsyncIterator<A> {
    return iterate(this.#stream)[Symbol.asyncIterator]()
  }
  /** The same with a signal that stops it. */
  each(this: Generation<A, E, never>, options: Signal = {}): AsyncIterable<A> {
    return iterate(this.#stream, options)
  }
  /** The whole text, once it is complete. */
  text(this: Generation<A & { readonly text: string }, E, never>, options: Signal = {}): Promise<string> {
    return run(
      Stream.runFold(
        this.#stream,
        () => "",
        (text, piece) => text + piece.text
      ),
      options
    )
  }
  /** The same as an Effect Stream. */
  toStream(): Stream.Stream<A, E, R> {
    return this.#stream
  }
}

/** The pieces of a chain's one input at a model that streams. */
export const generatePieces = (
  predictor: Predictor,
  state: State,
  model: ModelRef
): Stream.Stream<unknown, unknown, unknown> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const program = programOf(predictor, state)
      if (program.type === "many")
        return yield* new InvalidOption({ option: "generate", problem: "takes one input; this chain holds several" })
      const context = { index: 0, key: undefined }
      const scene: Scene = { predictor, context, trace: { attempts: 0, requestId: undefined } }
      const value = yield* runSteps(scene, program.steps, program.start)
      const { entry, media } = yield* makeReady(predictor, value, context)
      if (entry.division !== undefined)
        return yield* new InvalidOption({ option: "generate", problem: "cannot divide a clip; send it whole" })
      const { ask = {} } = placesOf([...program.steps, { type: "predict", model }], {}).at(-1) ?? {}
      const { settings } = predictor.wire
      const address = yield* addressOf(model)
      const target = yield* targetOf(yield* settings, address, media.kind, ask, predictor.secrets, "outputs/generate")
      const pieces = generate(predictor.wire, callOf(predictor.wire, target, [entry]))
      const task = typeof model === "string" ? "unknown" : model.task
      return Stream.mapEffect(pieces, (output) => {
        const answer = toAnswer(task, media.kind, output)
        if (answer.ok) return Effect.succeed(answer.value)
        const { path, problem } = answer.problem
        return Effect.fail(new MalformedAnswer({ model: modelName(model), problem: `${path}: ${problem}` }))
      }).pipe(Stream.mapError((error: PredictError) => locate(error, context)))
    })
  )
