/** Completion scripts for shells, generated from the commands themselves. */
import type { Command } from "commander"
import type { CommandEntry } from "./command-entry.ts"
import { makeProgram } from "./program.ts"

/** A command as completion needs it. */
interface Entry {
  /** The words that lead to it, without the program's name. */
  readonly path: ReadonlyArray<string>
  readonly commands: ReadonlyArray<{ readonly name: string; readonly summary: string }>
  readonly options: ReadonlyArray<{
    readonly flags: ReadonlyArray<string>
    readonly description: string
    readonly takesValue: boolean
    readonly choices: ReadonlyArray<string>
  }>
  /** Values of the first argument, where they are fixed. */
  readonly choices: ReadonlyArray<string>
}

const entriesOf = (command: Command, path: ReadonlyArray<string>): ReadonlyArray<Entry> => [
  {
    path,
    commands: command.commands.map((sub) => ({ name: sub.name(), summary: sub.summary() || sub.description() })),
    options: command.options.map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? []
    })),
    choices: command.registeredArguments[0]?.argChoices ?? []
  },
  ...command.commands.flatMap((sub) => entriesOf(sub, [...path, sub.name()]))
]

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const words = ({ choices, commands, options }: Entry): string =>
  [...commands.map(({ name }) => name), ...choices, ...options.flatMap(({ flags }) => flags), "--help"].join(" ")

const bash = (entries: ReadonlyArray<Entry>): string => {
  const cases = entries.map((entry) => `    ${quote(entry.path.join(" "))}) words=${quote(words(entry))} ;;`)
  const values = entries.flatMap(({ options, path }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(
        ({ choices, flags }) =>
          `    ${flags.map((flag) => quote(`${path.join(" ")} ${flag}`)).join("|")}) values=${quote(choices.join(" "))} ;;`
      )
  )
  const subcommands = entries.filter(({ path }) => path.length > 0).map(({ path }) => quote(path.join(" ")))
  return `# Completion of sightline for bash.
_sightline() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words="" values="none"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${subcommands.join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $previous" in
${values.join("\n")}
  esac
  if [ "$values" != none ]; then
    if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi
    return
  fi
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _sightline sightline
`
}

const zshText = (text: string): string => text.replaceAll(/[[\]:\\]/g, "\\$&").replaceAll("'", `'\\''`)

const functionName = (path: ReadonlyArray<string>): string => ["_sightline", ...path].join("_").replaceAll("-", "_")

const zsh = (entries: ReadonlyArray<Entry>): string => {
  const functions = entries.map(({ choices, commands, options, path }) => {
    const specs = options.flatMap(({ choices: of, description, flags, takesValue }) => {
      const value = takesValue ? `:value:${of.length > 0 ? `(${of.join(" ")})` : "_files"}` : ""
      return flags.map((flag) => `    '${flag}[${zshText(description)}]${value}'`)
    })
    if (commands.length === 0)
      return `${functionName(path)}() {\n  _arguments \\\n${[...specs, choices.length > 0 ? `    '1:value:(${choices.join(" ")})'` : "    '*:file:_files'"].join(" \\\n")}\n}`
    const listed = commands.map(({ name, summary }) => `    '${name}:${zshText(summary)}'`)
    const calls = commands.map(
      ({ name }) => `    ${name}) shift words; (( CURRENT-- )); ${functionName([...path, name])} ;;`
    )
    return `${functionName(path)}() {
  local -a commands
  commands=(
${listed.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${calls.join("\n")}
  esac
}`
  })
  return `#compdef sightline
# Completion of sightline for zsh.
${functions.join("\n")}
compdef _sightline sightline
`
}

const fish = (entries: ReadonlyArray<Entry>): string => {
  const lines = entries.flatMap(({ choices, commands, options, path }) => {
    const names = commands.map(({ name }) => name)
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`)
    const atLeaf = path.length === 0 ? "__fish_use_subcommand" : seen.join("; and ")
    const notBelow =
      names.length === 0 || path.length === 0
        ? atLeaf
        : `${atLeaf}; and not __fish_seen_subcommand_from ${names.join(" ")}`
    return [
      ...commands.map(
        ({ name, summary }) => `complete -c sightline -f -n ${quote(notBelow)} -a ${name} -d ${quote(summary)}`
      ),
      ...choices.map((choice) => `complete -c sightline -f -n ${quote(atLeaf)} -a ${choice}`),
      ...options.map(({ choices: of, description, flags, takesValue }) => {
        const names = flags
          .map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
          .join(" ")
        const value = of.length > 0 ? ` -x -a ${quote(of.join(" "))}` : takesValue ? " -r" : ""
        return `complete -c sightline -n ${quote(atLeaf)} ${names}${value} -d ${quote(description)}`
      })
    ]
  })
  return `# Completion of sightline for fish.\n${lines.join("\n")}\n`
}

const scripts = { bash, zsh, fish }

/** The completion script of a shell for some commands. Loads their declarations. */
export const completionScript = async (
  shell: keyof typeof scripts,
  commands: ReadonlyArray<CommandEntry>
): Promise<string> => {
  const program = await makeProgram(
    commands,
    () => true,
    () => () => Promise.resolve()
  )
  return scripts[shell](entriesOf(program, []))
}
