// Run several models with one call: one answer or failure per node.
import { clarifai, models, sightline, workflow } from "@sightline/core"

const app = sightline(clarifai())
const both = workflow({ id: "labels-and-boxes", nodes: { labels: models.general, boxes: models.detection } })
const { nodes } = await app.input("https://samples.clarifai.com/metro-north.jpg").workflow(both).run()
if (nodes.labels.ok) console.log(nodes.labels.value.concepts[0]?.name)
if (nodes.boxes.ok) console.log(nodes.boxes.value.regions.length)
