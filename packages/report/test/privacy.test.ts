import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type Connection, InputRejected, MediaUnreadable, model, sightline } from "@sightline/core"
import { exif } from "@sightline/plugin-exif"
import { recorder, report, type ReportOptions } from "../src/index.ts"
import {
  answered,
  drawPicture,
  failed,
  inputsOf,
  piecesOf,
  planted,
  serviceOf,
  type Unpacked,
  unpack
} from "./support.ts"

const key = "planted-key-0123456789abcdef"
const signature = "planted-signature-fedcba9876543210"
const privateFolder = "planted-folder"

const secretsIn = (
  { html, pictures, texts }: Unpacked,
  originals: ReadonlyArray<Uint8Array>
): ReadonlyArray<string> => {
  const all = [texts, ...pictures.map((bytes) => Buffer.from(bytes).toString("latin1")), html].join("\n")
  const needles = [
    key,
    signature,
    planted.serial,
    "52/1",
    "1234/100",
    "5678/100",
    "52.5",
    "13.4",
    ...originals.flatMap((original) => [...piecesOf(original), Buffer.from(original).toString("base64").slice(40, 90)])
  ]
  return needles.filter((needle) => all.includes(needle))
}

describe("a report of a run with planted secrets", () => {
  let folder = ""
  let originals: ReadonlyArray<Uint8Array> = []
  let options: ReportOptions
  const watch = recorder({ now: () => 0 })

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "report-")))
    originals = await Promise.all(
      [1, 3, 6, 8].map((orientation) => drawPicture({ orientation, width: 640, height: 480 }))
    )
    const files = await Promise.all(
      originals.map(async (bytes, i) => {
        const path = join(folder, `${privateFolder}-${i}.jpg`)
        await writeFile(path, bytes)
        return path
      })
    )
    const answers = serviceOf((call, i) => ({
      concepts: [{ id: "c", name: "cat", value: 0.5 + i / 100 }],
      text: { raw: `see https://files.test/a.png?X-Amz-Signature=${signature}` },
      image: {
        base64: Buffer.from(originals[0] ?? []).toString("base64"),
        url: `https://files.test/b.png?sig=${signature}`
      },
      metadata: { echoed: JSON.stringify(inputsOf(call)).length, authorization: `Key ${key}` }
    }))
    const service: Connection = { ...answers, headers: { authorization: `Key ${key}` } }
    const app = sightline(service, { onEvent: watch.event }).use(exif())
    const inputs = [...originals, `https://user:${key}@photos.test/${privateFolder}.jpg?X-Amz-Signature=${signature}`]
    const chain = app
      .inputs(inputs, { key: (_, i) => `${privateFolder}/${i}` })
      .predict(model({ id: "m", task: "unknown" }))
    const outcomes = [
      ...(await chain.run()),
      failed(
        5,
        new MediaUnreadable({ media: `image ${files[0] ?? ""}`, problem: `there is no file at ${files[0] ?? ""}` }),
        0
      ),
      failed(
        6,
        new InputRejected({
          code: 30002,
          description: "Failed to process",
          details: `could not fetch https://photos.test/${privateFolder}.jpg?sig=${signature} with Key ${key}`,
          retryable: false
        })
      )
    ]
    options = { outcomes, inputs: [...inputs, ...inputs.slice(0, 2)], events: watch, plan: await chain.plan() }
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it("has pictures, and none of the planted key, query, position, serial number and bytes", async () => {
    const unpacked = unpack(await report(options).html())
    assert.isAtLeast(unpacked.pictures.length, 5)
    assert.isAtLeast(piecesOf(originals[0] ?? new Uint8Array()).length, 30)
    assert.deepStrictEqual(secretsIn(unpacked, originals), [])
  })

  it("has no name, key or path of an input", async () => {
    const { texts } = unpack(await report(options).html())
    for (const name of [privateFolder, "photos.test", folder]) assert.notInclude(texts, name)
  })

  it("has names and keys where they were asked for, and still no secret", async () => {
    const unpacked = unpack(await report({ ...options, names: true }).html())
    assert.include(unpacked.data.rows.label?.join(), `${privateFolder}/0`)
    assert.deepStrictEqual(secretsIn(unpacked, originals), [])
  })

  it("has no picture where thumbnails are off, and says so", async () => {
    const { data, pictures } = unpack(await report({ ...options, thumbnails: false }).html())
    assert.deepStrictEqual([pictures, data.notes], [[], ["Pictures were left out, as asked."]])
  })

  it("has none of what its redaction takes away", async () => {
    const redact = (text: string) => text.replaceAll(/cat|Failed to process/g, "…")
    const { data, texts } = unpack(await report({ ...options, redact }).html())
    assert.notInclude(texts.replaceAll(/<script>[^]*?<\/script>/g, ""), "Failed to process")
    assert.deepStrictEqual(data.concepts, ["…"])
  })

  it("finds what is planted where nothing is kept out: the search itself works", () => {
    const nothing = {} as Pick<Unpacked, "data" | "details"> // not looked at
    const unpacked: Unpacked = { ...nothing, html: "", details: [], pictures: originals, texts: `Key ${key}` }
    assert.include(secretsIn(unpacked, originals), key)
    assert.include(secretsIn(unpacked, originals), planted.serial)
    assert.isAbove(secretsIn(unpacked, originals).length, 30)
  })
})

describe("hostile texts", () => {
  const hostile = [
    `</script><script>globalThis.hacked = 1</script>`,
    `<!--<script>`,
    `"><img src=x onerror="globalThis.hacked = 1">`,
    `\u202Egpj.exe\u202C مرحبا بالعالم`,
    `👩‍👩‍👧‍👦🏳️‍🌈\u0000\uD800`,
    "x".repeat(10_000),
    "__proto__",
    "constructor"
  ]

  it("stand in packed data alone: the file has no element of theirs", async () => {
    const outcomes = hostile.map((text, i) => answered(i, { [text]: 0.5 }, { text }))
    const html = await report({
      title: hostile[0] ?? "",
      outcomes,
      names: true,
      evaluation: { truth: ({ index }) => hostile[index], concepts: hostile }
    }).html()
    const benign = await report({
      title: "t",
      outcomes: [answered(0, { a: 0.5 })],
      evaluation: { truth: () => "a" }
    }).html()
    const tags = (file: string) => file.match(/<[a-z!/][a-z-]*/gi)?.toSorted()
    assert.deepStrictEqual(tags(html), tags(benign))
    assert.deepStrictEqual(
      unpack(html).data.evaluation?.versions[0]?.concepts.map(({ truePositives }) => truePositives),
      hostile.map(() => 1)
    )
  })
})
