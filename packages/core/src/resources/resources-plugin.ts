// Resources of the service as a member of the app: `sightline(clarifai()).use(resources()).resources.inputs.list()`.
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
 * Resources of the service on an app's runtime, for plugins and for {@link resources}. Media that are added go through
 * `prepare`: pass the host's, so that the hooks of the app's plugins apply to them as to the media of a chain.
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

/** The type of `app.resources`. */
export type Resources = ReturnType<typeof resourcesOf>

/**
 * Adds `app.resources`: inputs, concepts, models, versions, datasets and workflows of the service, and searches in
 * inputs. Its methods return operations, run with `.run()`, `.result()` or `yield*`, and lists, read with `for await`.
 */
export const resources = () =>
  definePlugin({
    name: "resources",
    version: 1,
    members: ({ prepare, wire }) => ({ resources: resourcesOf(wire, prepare) })
  })
