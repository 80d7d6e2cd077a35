// Stream a generated text chunk by chunk.
import { clarifai, models, sightline } from "@sightline/core"

const app = sightline(clarifai())
const question = app.text("Name one planet.").params({ temperature: 0.5, max_tokens: 64, system_prompt: "Be short." })
for await (const { text, usage } of question.generate(models.llama3)) {
  process.stdout.write(text)
  if (usage) console.log(` (${usage.completionTokens} tokens)`)
}
