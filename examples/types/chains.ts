/** Chains that a module exports without a written type: what their declarations name must be exported by a door. */
import { clarifai, models, sightline } from "@sightline/core"
import { exif } from "@sightline/plugin-exif"
import { audit } from "../plugins/audit.ts"
import { nms } from "../plugins/nms.ts"
import { bucket } from "../plugins/bucket.ts"
import { watermark } from "../plugins/watermark.ts"
export const app = sightline(clarifai())
const url = "https://images.test/a.jpg"
export const single = app.input(url).predict(models.general)
export const named = app.input(url).concepts("a", "b").predict(models.general)
export const many = app.inputs([url]).predict(models.faces)
export const all = app.input(url).all({ a: models.general, b: models.faces })
export const timed = app.input(url).predict(models.general).timeout({ ms: 3 })
export const times = app.inputs([url]).predict(models.general).timeout({ ms: 3 })
export const instead = app
  .input(url)
  .predict(models.general)
  .orElse(() => app.input(url).predict(models.faces))
export const inputs = app.inputs([url])
export const crops = app.input(url).predict(models.faces).crops()
export const cached = app
  .input(url)
  .cached()
  .predict(models.general)
  .map((a) => a.concepts)
export const withAll = app
  .use(exif())
  .use(nms())
  .use(audit({ path: "" }))
  .use(bucket())
  .use(watermark({ text: "" }))
export const kept = withAll.input(url).watermark().upright().predict(models.faces).nms()
export const listed = withAll.bucket(url).predict(models.faces).nms().crops().predict(models.general)
export const predicting = (u: string) => withAll.input(u).predict(models.general)
export const running = async (u: string) => await withAll.inputs([u]).predict(models.general).run()
export const streaming = (u: string) => withAll.inputs([u]).predict(models.general).stream()
export const settling = (u: string) => withAll.input(u).predict(models.general).result()
export const planning = (u: string) => withAll.input(u).predict(models.general).plan()
export const travelling = (u: string) => withAll.input(u).predict(models.general).toPortable()
export const text = withAll.text("hello")
