/** Trained heads as ONNX models. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { decodeHead } from "../learning/head.ts"
import { encodeHeadOnnx } from "../learning/head-onnx.ts"
import { answer, type Answer, type Call } from "../protocol/request.ts"
import { itemStatus } from "../protocol/status.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Pretrained } from "../models/pretrained/catalog.ts"
import type { Database } from "../store/database.ts"
import type { ModelRow } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { headOf, type VersionRow } from "../store/version-table.ts"
import { mustFindVersion, ownModel } from "./versions.ts"

const withTrained = <A>(call: Call, use: (db: Database, model: ModelRow, version: VersionRow) => A) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { folder } = yield* Pretrained
    return yield* store.read((db) => {
      const model = ownModel(db, call, folder)
      const version = mustFindVersion(db, model, call.params["version"] ?? "")
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

/** `PUT` and `GET models/{id}/versions/{version}/exports`: nothing has to be made, so both say where it is. */
export const getExport = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  withTrained(call, (db, model, version) => {
    const path = [
      "users",
      call.userId,
      "apps",
      call.appId,
      "models",
      model.id,
      "versions",
      version.id,
      "exports",
      "onnx"
    ]
    return answer({
      export: {
        status: itemStatus(StatusCode.MODEL_EXPORTED),
        url: `${call.origin}/v2/${path.map(encodeURIComponent).join("/")}`,
        size: onnxOf(db, version).length
      }
    })
  })

/** `GET models/{id}/versions/{version}/exports/onnx`: the model's file. */
export const getOnnx = (call: Call): Effect.Effect<Answer, WireError, Store | Pretrained> =>
  withTrained(call, (db, _, version) => ({
    _tag: "bytes",
    bytes: onnxOf(db, version),
    type: "application/octet-stream"
  }))
