// Cases: ky hooks, resources, recorded answers, chains as data and as Effects.
import { clarifai, models, sightline } from "@sightline/core"
import { fromPortable } from "@sightline/core/portable"
import { resources } from "@sightline/core/resources"
import { fakeConnection, recordedConnection, recording } from "@sightline/core/testing"
import * as Effect from "effect/Effect"
import ky, { type Options } from "ky"
import { appAt, callsOf, testKey } from "../connect.ts"
import { type Config, equal, isTrue, jpegBytes, type RuntimeCase } from "../runtime-case.ts"

const url = "https://images.test/a.jpg"
const ok = { code: 10000 }

const hooked = async (config: Config, options: Options) => {
  const app = appAt(config, "well", { ky: ky.extend(options) })
  const result = await app.input(jpegBytes()).predict(models.general).result()
  return { result, calls: await callsOf(config, "well", app) }
}

const sha256 = async (text: string): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")

export const connectionCases: Readonly<Record<string, RuntimeCase>> = {
  "the key and the encoding are sent": async (config) => {
    const app = appAt(config, "well")
    await app.input(url).predict(models.general).run()
    const [call] = await callsOf(config, "well", app)
    equal([call?.method, call?.headers["authorization"]], ["POST", `Key ${testKey}`])
    isTrue(call?.headers["content-type"]?.startsWith("application/json") === true, "the body is not said to be JSON")
  },
  "a ky hook reads and signs what is sent": async (config) => {
    let digest = ""
    const { calls, result } = await hooked(config, {
      hooks: {
        beforeRequest: [
          async ({ request }) => {
            digest = await sha256(await request.clone().text())
            request.headers.set("x-signature", digest)
          }
        ]
      }
    })
    isTrue(result.ok, "it failed")
    equal(calls[0]?.headers["x-signature"], digest)
    equal(digest.length, 64)
  },
  "headers of a ky instance are sent": async (config) => {
    const { calls } = await hooked(config, { headers: { "x-proxy": "team-a" } })
    equal(calls[0]?.headers["x-proxy"], "team-a")
  },
  "a ky hook answers in place of the service": async (config) => {
    const { calls, result } = await hooked(config, {
      hooks: { beforeRequest: [() => Response.json({ status: ok, outputs: [{ status: ok, data: {} }] })] }
    })
    equal([result.ok, calls.length], [true, 0])
  },
  "a ky hook that throws is told as such": async (config) => {
    const { calls, result } = await hooked(config, {
      hooks: {
        beforeRequest: [
          () => {
            throw new Error("no vault")
          }
        ]
      }
    })
    isTrue(!result.ok && result.error.message.includes("a ky hook threw: no vault"), "the hook's error is lost")
    equal(calls.length, 0)
  },
  "a fetch of the caller's own is used": async (config) => {
    let used = 0
    const app = appAt(config, "well", {
      fetch: (input, init) => {
        used++
        return fetch(input, init)
      }
    })
    await app.input(url).predict(models.general).run()
    equal(used, 1)
  },
  "a listing reads pages as they are needed": async (config) => {
    const app = appAt(config, "well")
    const listing = app.use(resources()).resources.inputs.list()
    const ids = (await listing.all()).map(({ id }) => id)
    equal([ids.length, ids[0], ids[249]], [250, "input-0", "input-249"])
    for await (const first of listing) {
      equal(first.id, "input-0")
      break
    }
  },
  "inputs are added with bytes and addresses": async (config) => {
    const app = appAt(config, "well")
    const added = await app
      .use(resources())
      .resources.inputs.add([
        { input: url, id: "a" },
        { input: jpegBytes(), id: "b" }
      ])
      .all()
    equal(
      added.map((outcome) => (outcome.ok ? outcome.value.id : outcome.error.message)),
      ["a", "b"]
    )
  },
  "an id cannot lead to another address": async (config) => {
    const app = appAt(config, "well")
    const result = await app.use(resources()).resources.inputs.delete("..").result()
    equal([result.ok, (await callsOf(config, "well", app)).length], [false, 0])
  },
  "what was recorded is given again": async (config) => {
    const connection = recording(appAt(config, "well").connection)
    const live = await sightline(connection).input(url).predict(models.general).run()
    const again = await sightline(recordedConnection(connection.exchanges)).input(url).predict(models.general).result()
    // the path that this test adds to the address is not part of a recorded connection's
    equal(connection.exchanges.length, 1)
    equal(live.concepts[0]?.name, url)
    isTrue(!again.ok, "the address of the recording was not compared")
    const moved = connection.exchanges.map(({ request, response }) => ({
      request: { ...request, path: request.path.replace(/^\/case-\d+/, "").replace("/users/me/apps/mine", "") },
      response
    }))
    const replayed = recordedConnection(moved)
    const answer = await sightline({
      ...replayed,
      settings: Effect.map(replayed.settings, (settings) => ({ ...settings }))
    })
      .input(url)
      .predict(models.general)
      .result()
    equal(answer.ok ? answer.value.concepts[0]?.name : answer.error.message, url)
  },
  "a fake connection answers without a network": async () => {
    const connection = fakeConnection(() => ({
      status: ok,
      outputs: [{ status: ok, data: { concepts: [{ id: "c", name: "cat", value: 1 }] } }]
    }))
    const answer = await sightline(connection).input(jpegBytes()).predict(models.general).run()
    equal([answer.concepts[0]?.name, connection.calls.length], ["cat", 1])
  },
  "a chain is an Effect": async (config) => {
    const app = appAt(config, "well")
    const program = Effect.gen(function* () {
      const { concepts } = yield* app.input(url).predict(models.general)
      return concepts[0]?.name
    })
    equal(await Effect.runPromise(program), url)
  },
  "a chain travels as JSON": async (config) => {
    const app = appAt(config, "well")
    const form: unknown = JSON.parse(JSON.stringify(app.input(url).predict(models.general).toPortable()))
    const answer = (await fromPortable(app, form).run()) as {
      readonly concepts: ReadonlyArray<{ readonly name: string }>
    } // of the general model
    equal(answer.concepts[0]?.name, url)
  },
  "a connection without a key says which setting is missing": async () => {
    const app = sightline(clarifai({ baseUrl: "https://service.invalid", userId: "me", appId: "mine" }))
    const result = await app.input(url).predict(models.general).result()
    equal(result.ok ? "ok" : result.error._tag, "NotConfigured")
    isTrue(!result.ok && result.error.message.includes("CLARIFAI_PAT"), "the setting is not named")
  }
}
