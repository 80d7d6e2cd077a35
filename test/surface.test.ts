/** The lines that the design promises: they compile as written, and say the same thing at run time. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  file,
  clarifai,
  models,
  type Outcome,
  type PredictError,
  sightline,
  type SourceFailed,
  type StepFailed
} from "@sightline/core"
import { engine } from "@sightline/engine"
import { dataPath, hasData } from "@sightline/fixtures"
import { exif } from "@sightline/plugin-exif"
import { folder, training } from "@sightline/plugin-training"
import { video } from "@sightline/plugin-video"
import { Effect } from "effect"
import { afterAll, assert, beforeAll, describe, expectTypeOf, it } from "vitest"
import { fromPortable } from "@sightline/core/portable"

const url = "https://images.test/a.jpg"
const urls = [url]
const bytes = Uint8Array.of(0xff, 0xd8, 0xff)

/** Pictures of one grey pixel: a dark one and a light one. */
const dark = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgBQAABwAGLUUYBwAAAABJRU5ErkJggg==",
  "base64"
)
const light = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4BQAA/AD7i/8yzAAAAABJRU5ErkJggg==",
  "base64"
)

/** Never called: the names of its models and files are not here. What it holds is checked by the compiler. */
const lines = async (directory: string) => {
  // a connection: the cloud (CLARIFAI_PAT, CLARIFAI_USER_ID, CLARIFAI_APP_ID, CLARIFAI_API_BASE) …
  const cloud = sightline(clarifai())
  // … or everything here, no account: state lives in a folder
  await using local = sightline(engine({ directory })).use(exif()).use(video()).use(training())

  // one input. `.concepts` selects, and narrows the names in the result's type
  const one = await local.input(file("photo.jpg")).concepts("train", "railway").predict(models.general).run()
  one.concepts[0]?.name satisfies "train" | "railway" | undefined

  // typed failure without exceptions
  const result = await local.input(bytes).predict(models.general).result()
  if (!result.ok) expectTypeOf(result.error).toEqualTypeOf<PredictError>()

  // many inputs: any iterable or async iterable, lazily read, one Outcome each
  for await (const outcome of local.inputs(urls).predict(models.general).stream({ concurrency: 8 })) {
    expectTypeOf(outcome).toExtend<Outcome<unknown, PredictError | SourceFailed | StepFailed>>()
    const seen = outcome.ok ? outcome.value.concepts : outcome.error
    assert.isDefined(seen)
  }
  const plan = await local.inputs(urls).predict(models.general).plan() // calls, items, bytes, seconds: no network

  // other tasks: the model decides the type of the answer
  const { regions } = await local.input(url).predict(models.faces).run()
  const { frames } = await local.video(file("clip.mp4")).sampleEvery({ ms: 500 }).predict(models.general).run()
  expectTypeOf(frames[0]?.timeMs).toEqualTypeOf<number | undefined>()

  // training: a state machine with progress, resumable by id
  const pets = await local.train("pets").concepts("charlie", "our_wedding").examples(folder("photos")).run()
  const known = await local.input(url).predict(pets).run() // names are "charlie" | "our_wedding"
  expectTypeOf(known.concepts[0]?.name).toEqualTypeOf<"charlie" | "our_wedding" | undefined>()

  // Effect users: the same values
  const program = Effect.gen(function* () {
    const { concepts } = yield* cloud.input(url).predict(models.general)
    return concepts
  }).pipe(Effect.catchTag("RateLimited", (e) => Effect.logWarning(e.message)))
  expectTypeOf<Effect.Error<typeof program>>().toEqualTypeOf<Exclude<PredictError, { readonly _tag: "RateLimited" }>>()
  expectTypeOf<Effect.Services<typeof program>>().toEqualTypeOf<never>()

  // composition: crops of what was found, and their boxes in the first image
  const crops = await local.input(url).predict(models.faces).crops().predict(models.general).run()
  return { plan, regions, crops, served: await engine({ directory }).serve({ port: 0, host: "127.0.0.1", key: "k" }) }
}

describe("the surface", () => {
  let directory = ""
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "surface-"))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it("compiles as written", () => {
    expectTypeOf(lines).returns.resolves.toHaveProperty("crops")
  })

  it("trains from a folder and knows the names, as written", async () => {
    const photos = join(directory, "photos")
    for (const [name, picture] of [["charlie", dark] as const, ["our_wedding", light] as const]) {
      await mkdir(join(photos, name), { recursive: true })
      // bytes after the end of a PNG make other files of the same picture
      for (let i = 0; i < 4; i++)
        await writeFile(join(photos, name, `${i}.png`), Buffer.concat([picture, Buffer.of(i)]))
    }
    await using local = sightline(engine({ directory: join(directory, "trained") }))
      .use(exif())
      .use(video())
      .use(training({ journal: join(directory, "journal") }))
    const pets = await local.train("pets").concepts("charlie", "our_wedding").examples(folder(photos)).run()
    const known = await local.input(light).predict(pets).run()
    assert.strictEqual(known.concepts[0]?.name, "our_wedding")
    const named = await local.input(dark).concepts("charlie").predict(pets).run()
    assert.deepStrictEqual(
      named.concepts.map(({ name }) => name satisfies "charlie"),
      ["charlie"]
    )
    const told = await local.inputs([dark, light]).predict(pets).run()
    assert.deepStrictEqual(
      told.map((outcome) => (outcome.ok ? outcome.value.concepts[0]?.name : outcome.error._tag)),
      ["charlie", "our_wedding"]
    )
    if (!hasData("video")) return
    const clip = dataPath("video", "rotated-90_tiny.mov")
    const { frames } = await local.video(file(clip)).sampleEvery({ ms: 500 }).predict(pets).run()
    assert.isNotEmpty(frames)
    assert.isTrue(frames.every(({ concepts }) => concepts.length === 2))
  })

  it("runs against the engine as against any service: plans, typed failures, portable chains", async () => {
    await using local = sightline(engine({ directory })).use(exif()).use(video())
    const missing = await local.input(file("photo.jpg")).concepts("train", "railway").predict(models.general).result()
    assert.strictEqual(missing.ok ? "" : missing.error._tag, "MediaUnreadable")
    const plan = await local.inputs([url, url, url]).predict(models.general).plan()
    assert.deepStrictEqual(
      plan.calls.map(({ items, model }) => [model, items]),
      [["general-image-recognition", 3]]
    )
    const unknown = await local.text("hello").predict("no-such-model").result()
    assert.strictEqual(unknown.ok ? "" : unknown.error._tag, "NotFound")
    const chain = local.input(url).strip().resize({ maxSide: 512 }).concepts("train").predict(models.general)
    const form: unknown = JSON.parse(JSON.stringify(chain.toPortable()))
    assert.deepStrictEqual(fromPortable(local, form).toPortable(), form)
    assert.isBelow(JSON.stringify(form).length, 600)
  })
})
