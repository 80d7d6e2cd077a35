// Call a method with named arguments; the handle types its arguments and result.
import { clarifai, sightline } from "@sightline/core"
import { method, methods } from "@sightline/core/methods"

const app = sightline(clarifai()).use(methods())
const page = "https://clarifai.com/openai/chat-completion/models/gpt-oss-120b"
const chat = method(page, { takes: { prompt: "str", max_tokens: "int?" }, gives: "str" })
console.log(await app.call(chat, { prompt: "Name one planet.", max_tokens: 64 }).run())
