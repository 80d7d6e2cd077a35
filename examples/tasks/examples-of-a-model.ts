// Training examples of a custom model: add them with labels, count them, search them.
import { clarifai, sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"

const { inputs, search } = sightline(clarifai()).use(resources()).resources
const photos = [{ input: "https://example.org/p1.jpg", id: "p1", concepts: ["charlie"], notConcepts: ["our_wedding"] }]
for await (const added of inputs.add(photos)) console.log(added.key, added.ok ? added.value.state : added.error.message)
const counts = await inputs.processed().run()
console.log("ready", counts.ready)
for await (const { input, score } of search.inputs({ label: { id: "charlie" } })) console.log(input.id, score)
