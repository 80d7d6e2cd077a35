/** Apps: names that separate rows. An app exists as soon as it contains a row. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import type { WireObject } from "../protocol/json.ts"
import { readMessages, readText } from "../protocol/read.ts"
import { checkId, newId } from "../protocol/ids.ts"
import type { WireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import { listApps as selectApps } from "../store/app-table.ts"
import { Store } from "../store/store.ts"

const show = (id: string, userId: string): WireObject => ({
  id,
  name: id,
  default_language: "en",
  user_id: userId,
  visibility: { gettable: 10 }
})

/** `GET users/{user}/apps/{app}` and `GET /v2/app` */
export const getApp = (call: Call): Effect.Effect<Answer> =>
  Effect.succeed(answer({ app: show(call.appId, call.userId) }))

/** `GET users/{user}/apps`: the default app, and those with rows. */
export const listApps = (call: Call): Effect.Effect<Answer, WireError, Store | Settings> =>
  Effect.gen(function* () {
    const store = yield* Store
    const settings = yield* Settings
    const scopes = yield* store.read(selectApps)
    const own = call.userId === settings.userId
    const prefix = `${call.userId}/`
    const ids = own
      ? [settings.appId, ...scopes.filter((scope) => !scope.includes("/") && scope !== settings.appId)]
      : scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length))
    const { limit, offset } = readPage(call.query)
    return answer({ apps: ids.slice(offset, offset + limit).map((id) => show(id, call.userId)) })
  })

/** `POST users/{user}/apps`: an app exists once it contains something, so nothing is stored. */
export const postApps = (call: Call): Effect.Effect<Answer, WireError> =>
  Effect.sync(() => {
    const apps = readMessages(call.body, "apps").map((app) =>
      checkId(readText(app, "id") || newId(), "app", StatusCode.CONN_INVALID_REQUEST)
    )
    return answer({ apps: apps.map((id) => show(id, call.userId)) })
  })
