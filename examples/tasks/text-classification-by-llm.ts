// Classify with a language model: the class is returned as text.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const prompt = "Classes: positive, negative. Text: 'awful food'. Answer with one class."
const { text, usage } = await app.text(prompt).params({ temperature: 0, max_tokens: 5 }).predict(models.gpt4).run()
console.log(text, usage?.promptTokens ?? 0)
