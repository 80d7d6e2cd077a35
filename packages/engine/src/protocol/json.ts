/** Printing responses. */
import type { JsonObject } from "@sightline/core/wire"

const escapes: Readonly<Record<string, string>> = { "&": "\\u0026", "<": "\\u003c", ">": "\\u003e" }

/** The text of a response; `&`, `<` and `>` are escaped as the service does, so that it is inert inside HTML. */
export const printJson = (value: JsonObject): string =>
  JSON.stringify(value).replaceAll(/[&<>]/g, (character) => escapes[character] ?? character)
