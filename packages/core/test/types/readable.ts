/** Chains whose types people see when they point at them; the test reads what the compiler writes of them. */
import { file, clarifai, models, sightline } from "../../src/index.ts"

const app = sightline(clarifai())
export const held = app.input(file("a.jpg")).concepts("train", "railway").top(2)
export const one = held.predict(models.general)
export const series = app
  .inputs([file("a.jpg")])
  .predict(models.faces)
  .crops()
  .predict(models.general)
