// Whose app is meant, said in the path and in the body: the engine on a socket keeps the same things either way.
import { clarifai, inBody, sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "addressing-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it("an app is the same, named in the path or in the body", async () => {
  await using here = engine({ directory: join(folder, "state") })
  const { close, url } = await here.serve({ port: 0, host: "127.0.0.1", key: "the-key" })
  const to = (appId: string) => clarifai({ pat: "the-key", userId: "me", appId, baseUrl: url })
  const kept = (connection: ReturnType<typeof to>) => sightline(connection).use(resources()).resources
  try {
    const path = kept(to("one"))
    const body = kept(inBody(to("one")))
    const other = kept(inBody(to("two")))
    await body.models.create({ id: "pets", concepts: ["cat"] }).run()
    await other.concepts.add(["elsewhere"]).run()
    expect((await path.models.get("pets").run()).id).toBe("pets")
    expect((await body.models.list().all()).map(({ id }) => id)).toContain("pets")
    expect((await body.concepts.list().all()).map(({ id }) => id)).toEqual(
      (await path.concepts.list().all()).map(({ id }) => id)
    )
    expect((await other.concepts.list().all()).map(({ id }) => id)).toEqual(["elsewhere"])
    expect(await other.models.get("pets").result()).toMatchObject({ ok: false, error: { _tag: "NotFound" } })
    await body.models.delete("pets").run()
    expect(await path.models.get("pets").result()).toMatchObject({ ok: false, error: { _tag: "NotFound" } })
  } finally {
    await close()
  }
})
