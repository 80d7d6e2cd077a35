// Embed a text; the model's parameter says for which use.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const query = app.text("what is a kite").params({ input_type: "search_query" })
const { embedding } = await query.predict(models.textEmbedding).run()
console.log(embedding.dimensions, embedding.vector)
