/** Apps: names that separate rows. An app exists as soon as it contains a row. */
import { StatusCode } from "@sightline/core/status"
import { type AppWire, Gettable } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { checkId, newId } from "../protocol/ids.ts"
import { answer, type Handler, readPage } from "../protocol/request.ts"
import { Settings } from "../settings.ts"
import { listApps as selectApps } from "../store/app-table.ts"
import { Store } from "../store/store.ts"

const show = (id: string, userId: string): AppWire => ({
  id,
  name: id,
  default_language: "en",
  user_id: userId,
  visibility: { gettable: Gettable.PRIVATE }
})

export const getApp: Handler<"GetApp"> = ({ appId, userId }) => Effect.succeed(answer({ app: show(appId, userId) }))

/** The default app, and those with rows. */
export const listApps: Handler<"ListApps", Store | Settings> = ({ request, userId }) =>
  Effect.gen(function* () {
    const store = yield* Store
    const settings = yield* Settings
    const scopes = yield* store.read(selectApps)
    const prefix = `${userId}/`
    const ids =
      userId === settings.userId
        ? [settings.appId, ...scopes.filter((scope) => !scope.includes("/") && scope !== settings.appId)]
        : scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length))
    const { limit, offset } = readPage(request)
    return answer({ apps: ids.slice(offset, offset + limit).map((id) => show(id, userId)) })
  })

/** An app exists once it contains something, so nothing is stored. */
export const postApps: Handler<"PostApps"> = ({ request, userId }) =>
  Effect.sync(() => {
    const ids = (request.apps ?? []).map(({ id = "" }) =>
      checkId(id || newId(), "app", StatusCode.CONN_INVALID_REQUEST)
    )
    return answer({ apps: ids.map((id) => show(id, userId)) })
  })
