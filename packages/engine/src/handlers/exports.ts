/** Trained heads as ONNX models. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { decodeHead } from "../learning/head.ts"
import { encodeHeadOnnx } from "../learning/head-onnx.ts"
import { Pretrained } from "../models/pretrained/pretrained-models.ts"
import { answer, type Call, type Handler } from "../protocol/request.ts"
import { itemStatus } from "../protocol/status.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { Database } from "../store/database.ts"
import type { ModelRow } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { headOf, type VersionRow } from "../store/version-table.ts"
import type { HostedFile } from "./media.ts"
import { mustFindVersion, ownModel } from "./versions.ts"

type VersionCall = Call<{ readonly model_id?: string; readonly version_id?: string }>

const withTrained = <A>(call: VersionCall, use: (db: Database, model: ModelRow, version: VersionRow) => A) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { folder } = yield* Pretrained
    return yield* store.read((db) => {
      const model = ownModel(db, call.scope, call.request.model_id, folder)
      const version = mustFindVersion(db, model, call.request.version_id)
      if (version.status !== StatusCode.MODEL_TRAINED)
        throw wireError(
          StatusCode.MODEL_INVALID_ARGUMENT,
          `version '${version.id}' is not trained; only a trained version can be exported`
        )
      return use(db, model, version)
    })
  })

const onnxOf = (db: Database, version: VersionRow): Uint8Array<ArrayBuffer> => {
  const head = headOf(db, version.seq)
  const read = head === undefined ? undefined : decodeHead(head)
  if (read === undefined || read._tag === "Failure")
    throw wireError(StatusCode.MODEL_EXPORTING_FAILED, `the weights of version '${version.id}' cannot be read`)
  return new Uint8Array(encodeHeadOnnx(read.success))
}

/** Nothing has to be made, so the response to both methods is where the export is. */
export const getExport: Handler<"GetModelVersionExport", Store | Pretrained> = (call) =>
  withTrained(call, (db, model, version) => {
    const owner = ["users", call.userId, "apps", call.appId, "models", model.id, "versions", version.id]
    return answer({
      export: {
        status: itemStatus(StatusCode.MODEL_EXPORTED),
        url: `${call.origin}/v2/${owner.map(encodeURIComponent).join("/")}/exports/onnx`,
        size: onnxOf(db, version).length
      }
    })
  })

/** `GET models/{model_id}/versions/{version_id}/exports/onnx`: the model's file. */
export const getOnnx = (call: VersionCall): Effect.Effect<HostedFile, WireError, Store | Pretrained> =>
  withTrained(call, (db, _, version) => ({ bytes: onnxOf(db, version), type: "application/octet-stream" }))
