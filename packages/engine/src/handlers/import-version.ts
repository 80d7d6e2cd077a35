/** Versions made of a head that an engine has exported. */
import { StatusCode } from "@sightline/core/status"
import type { TrainingPlan } from "../jobs/training-plan.ts"
import { encodeHead } from "../learning/head.ts"
import { decodeHeadOnnx } from "../learning/head-onnx.ts"
import { newId } from "../protocol/ids.ts"
import type { Caller } from "../protocol/request.ts"
import { now } from "../protocol/time.ts"
import { wireError } from "../protocol/wire-error.ts"
import { ensureConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import type { ModelRow } from "../store/model-table.ts"
import { findVersion, finishTraining, insertVersion, type VersionRow } from "../store/version-table.ts"

/** Makes a version that is trained from the start out of an exported head. Runs inside `Store.write`. */
export const importVersion = (
  db: Database,
  { scope }: Caller,
  model: ModelRow,
  url: string,
  description: string
): VersionRow => {
  const base64 = /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1]
  if (base64 === undefined)
    throw wireError(
      StatusCode.MODEL_INVALID_ARGUMENT,
      "model_zip_url is not a data: URL with base64; give the exported ONNX file itself"
    )
  const read = decodeHeadOnnx(new Uint8Array(Buffer.from(base64, "base64")))
  if (read._tag === "Failure")
    throw wireError(
      StatusCode.MODEL_INVALID_ARGUMENT,
      `the model is no head that an engine has exported: ${read.failure.details}`
    )
  const head = read.success
  const at = now()
  for (const id of head.concepts) ensureConcept(db, scope, { id, name: id }, at)
  const concepts = JSON.stringify(head.concepts)
  const id = newId()
  const plan: TrainingPlan = {
    concepts: head.concepts,
    exclusive: head.mutuallyExclusive,
    closed: false,
    failOnMissingPositives: false,
    upTo: 0
  }
  const seq = insertVersion(db, {
    model: model.seq,
    id,
    status: StatusCode.MODEL_QUEUED_FOR_TRAINING,
    plan: JSON.stringify(plan),
    concepts,
    description,
    created_at: at
  })
  const result = { head: encodeHead(head), embedder: head.embedder, concepts: head.concepts, inputs: [], details: "" }
  finishTraining(db, seq, result, at)
  const made = findVersion(db, model.seq, id)
  if (made === undefined) throw wireError(StatusCode.INTERNAL_SERVER_ISSUE, "the version is gone before it was made")
  return made
}
