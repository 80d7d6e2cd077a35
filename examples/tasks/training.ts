// Train a color classifier on a few drawn images, locally. The answer's type has the trained names.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { memoryJournal, training } from "@sightline/plugin-training"
import sharp from "sharp"

const svg = (fill: string) =>
  Buffer.from(`<svg width="64" height="64"><rect width="64" height="64" fill="${fill}"/></svg>`)
const draw = (fill: string) => sharp(svg(fill)).toFormat("png").toBuffer()
const shades = Object.entries({ crimson: "red", red: "red", tomato: "red", navy: "blue", blue: "blue" })
const examples = await Promise.all(shades.map(async ([fill, name]) => ({ input: await draw(fill), concepts: [name] })))

const local = engine({ directory: mkdtempSync(`${tmpdir()}/training-`) })
const app = sightline(local).use(training({ journal: memoryJournal() }))
const colors = await app.train("colors").concepts("red", "blue").examples(examples).run()
const shown = await draw("firebrick")
const { concepts } = await app.input(shown).predict(colors).run()
console.log(concepts[0]?.name)
await local[Symbol.asyncDispose]()
