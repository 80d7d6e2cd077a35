// What a service keeps, as a member of the app: `sightline(clarifai()).use(resources()).resources.inputs.list()`.
import { definePlugin } from "../plugin/contract.ts"
import type { PrepareHook } from "../predict/prepare-hooks.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { concepts } from "./concepts.ts"
import { datasets } from "./datasets.ts"
import { inputs } from "./inputs.ts"
import { models } from "./models.ts"
import { search } from "./search.ts"
import { versions } from "./versions.ts"
import { workflows } from "./workflows.ts"

/**
 * What the service keeps, over an app's runtime; for plugins, which have one, and for {@link resources}. Media that are
 * added go through `prepare`: pass the host's, so that the app's plugins see them as they see those of a chain.
 */
export const resourcesOf = (runtime: CallRuntime, prepare?: PrepareHook) => ({
  inputs: inputs(runtime, prepare),
  concepts: concepts(runtime),
  models: models(runtime),
  versions: versions(runtime),
  datasets: datasets(runtime),
  workflows: workflows(runtime),
  search: search(runtime)
})

/** What an app with {@link resources} has in its member `resources`. */
export type Resources = ReturnType<typeof resourcesOf>

/**
 * Adds `app.resources`: the inputs, concepts, models, versions, datasets and workflows that the service keeps, and searches over
 * them. Its methods give operations, run with `.run()`, `.result()` or `yield*`, and lists, read with `for await`.
 */
export const resources = () =>
  definePlugin({
    name: "resources",
    version: 1,
    members: ({ prepare, wire }) => ({ resources: resourcesOf(wire, prepare) })
  })
