/** Answers of a fake wire, as the service would give them. */
import type { FakeCall } from "../../src/testing.ts"

interface WireInput {
  readonly id?: string
  readonly data: unknown
}

/** The inputs of a call's body. */
export const inputsOf = (call: FakeCall | undefined): ReadonlyArray<WireInput> => {
  const body = call?.body as { readonly inputs?: ReadonlyArray<WireInput> } | undefined // what our encoder writes
  return body?.inputs ?? []
}

/** Answers each input of each call with the same concepts. */
export const answerConcepts =
  (scores: Readonly<Record<string, number>>) =>
  (call: FakeCall): unknown => ({
    status: { code: 10000, description: "Ok", req_id: "r1" },
    outputs: inputsOf(call).map((input) => ({
      id: "o",
      status: { code: 10000, description: "Ok" },
      input,
      model: { id: "m", model_version: { id: "v" } },
      data: { concepts: Object.entries(scores).map(([name, value]) => ({ id: `ai_${name}`, name, value })) }
    }))
  })
