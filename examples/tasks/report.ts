// Write one HTML file that shows what was predicted and called: it opens from disk.
import { tmpdir } from "node:os"
import { join } from "node:path"
import { clarifai, models, sightline } from "@sightline/core"
import { recorder, report } from "@sightline/report"

const watch = recorder()
const app = sightline(clarifai(), { onEvent: watch.event })
const inputs = ["https://samples.clarifai.com/metro-north.jpg", "https://samples.clarifai.com/dog2.jpeg"]
const run = app.inputs(inputs).predict(models.general)
const { failed, outcomes } = await report({ run, inputs, events: watch }).write(join(tmpdir(), "sightline-report.html"))
console.log(`${outcomes} outcomes, ${failed} failed`)
