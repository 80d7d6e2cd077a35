// What predictions read of their answers: an Output of which model answered only says which one it was. The whole Model
// is a third of all tables; a bundle that only predicts needs none of them, and an answer is not lost for a detail there.
import { DataWire } from "./data-messages.ts"
import { InputWire } from "./input-messages.ts"
import { type Fields, int, many, type Message, message, needed, of, shown, text, time } from "./table.ts"
import type { MultiOutputResponseWire, OutputWire } from "./output-messages.ts"
import { quickOutput } from "../codec/decoded-form.ts"
import { StatusWire } from "./status-messages.ts"

interface NamedWire {
  readonly id?: string
}
interface AnsweringModelWire extends NamedWire {
  readonly model_version?: NamedWire
}
const VersionWire: Message<NamedWire> = /* @__PURE__ */ message("ModelVersion", () => ({ id: text }))
const ModelWire: Message<AnsweringModelWire> = /* @__PURE__ */ message("Model", () => ({
  id: text,
  model_version: of(() => VersionWire)
}))

/** The members of an output, but for its model. */
export const outputMembers = (): Fields<Omit<OutputWire, "model">> => ({
  id: text,
  status: of(() => StatusWire),
  created_at: time,
  input: of(() => InputWire),
  data: of(() => DataWire),
  prompt_tokens: int,
  completion_tokens: int,
  cached_tokens: int
})

/** One input's answer, checked as {@link OutputWire} is except for what else its model tells: that comes as it came. */
export const AnswerWire: Message<OutputWire> = /* @__PURE__ */ message(
  "Output",
  () => ({ ...outputMembers(), model: of(() => ModelWire) }),
  quickOutput
)

/** Several of them. */
export const AnswersWire: Message<Omit<MultiOutputResponseWire, "runner_selector">> = /* @__PURE__ */ message(
  "MultiOutputResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    outputs: shown(
      many(() => AnswerWire),
      []
    )
  })
)
