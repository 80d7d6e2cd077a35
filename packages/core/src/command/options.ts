// What was typed after `sightline-models`.

/** The command's options, as they were typed. */
export interface CommandOptions {
  readonly user?: string
  readonly app?: string
  readonly type?: string
  readonly name?: string
  readonly url?: string
  readonly out?: string
  /** Models by id or page, instead of all of the app. */
  readonly models: ReadonlyArray<string>
}

/** What is to be done: write, show the help, or say what was typed wrong. */
export type Wanted =
  | { readonly do: "write"; readonly options: CommandOptions }
  | { readonly do: "help" }
  | { readonly do: "refuse"; readonly problem: string }

export const help = `Writes typed handles of models into your code, with their real vocabularies.

  sightline-models [options] [model ...]

  model           an id, or the address of a model's page; all models of the app when absent
  --out <file>    where to write; replaced as a whole, and only when it changes. Standard output when absent
  --user <id>     whose models; else CLARIFAI_USER_ID
  --app <id>      of which app; else CLARIFAI_APP_ID
  --type <id>     only models of this type, such as visual-classifier
  --name <name>   only models of this name
  --url <url>     the service's address; else CLARIFAI_API_BASE, else https://api.clarifai.com
  --help          this text

The key is read from CLARIFAI_PAT, CLARIFAI_API_KEY or CLARIFAI_SESSION_TOKEN, and never from the command line,
where others can read it. Ends with 0 when the file is written, 1 when it is not, 2 when an option is wrong.
`

const named = new Set(["user", "app", "type", "name", "url", "out"])
const keys = /pat|key|token|secret/i

const refuse = (problem: string): Wanted => ({ do: "refuse", problem: `${problem}; see sightline-models --help` })

/** Reads what was typed. Values are not repeated in a refusal: one of them may be a key. */
export const readArguments = (typed: ReadonlyArray<string>): Wanted => {
  const values: Record<string, string> = {}
  const models: Array<string> = []
  for (let at = 0; at < typed.length; at++) {
    const text = typed[at] ?? ""
    if (text === "--help" || text === "-h") return { do: "help" }
    if (!text.startsWith("-")) {
      if (text.trim() === "") return refuse("a model's name is empty")
      models.push(text)
      continue
    }
    const [option = "", ...rest] = text.replace(/^--?/, "").split("=")
    if (!named.has(option))
      return keys.test(option)
        ? refuse("a key is not taken from the command line; set CLARIFAI_PAT")
        : refuse(`there is no option --${option.slice(0, 20)}`)
    const value = rest.length > 0 ? rest.join("=") : typed[++at]
    if (value === undefined || value.trim() === "") return refuse(`--${option} needs a value`)
    if (values[option] !== undefined) return refuse(`--${option} is given twice`)
    values[option] = value
  }
  if (models.length > 0 && (values["type"] !== undefined || values["name"] !== undefined))
    return refuse("--type and --name choose among an app's models; leave them out where models are named")
  return { do: "write", options: { ...values, models } }
}
