/**
 * Scripts that complete the command in a shell, made from the usage that each command has. Those of `@effect/cli` look
 * for the name of the command with its dash replaced, and so complete nothing of `effect-spotify`.
 */
import type * as Usage from "@effect/cli/Usage"
import * as Option from "effect/Option"

/** A command, by the words that lead to it. */
export interface Entry {
  readonly words: readonly [command: string, operation?: string]
  readonly description: string
  readonly usage: Usage.Usage
}

interface Flag {
  readonly names: ReadonlyArray<string>
  /** What may follow it: some words, a file, any text, or nothing. */
  readonly takes: ReadonlyArray<string> | "file" | "text" | "nothing"
}

const takes = (accepted: string): Flag["takes"] =>
  accepted === "file" ? "file" : accepted.includes(" | ") ? accepted.split(" | ") : "text"

const flagsOf = (usage: Usage.Usage): ReadonlyArray<Flag> => {
  switch (usage._tag) {
    case "Named":
      return usage.names.every((name) => name.startsWith("-"))
        ? [{
          names: usage.names,
          takes: Option.match(usage.acceptedValues, { onNone: () => "nothing", onSome: takes })
        }]
        : []
    case "Optional":
    case "Repeated":
      return flagsOf(usage.usage)
    case "Alternation":
    case "Concat":
      return [...flagsOf(usage.left), ...flagsOf(usage.right)]
    default:
      return []
  }
}

/** The shells that there is a script for. */
export const shells = ["bash", "zsh", "fish"] as const

export type Shell = typeof shells[number]

export const isShell = (text: string | undefined): text is Shell => shells.some((shell) => shell === text)

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

interface Model {
  readonly commands: ReadonlyArray<Entry>
  readonly operations: ReadonlyArray<Entry>
  readonly flags: (entry: Entry) => ReadonlyArray<Flag>
}

const help: Flag = { names: ["--help", "-h"], takes: "nothing" }

const modelOf = (entries: ReadonlyArray<Entry>): Model => ({
  commands: entries.filter(({ words }) => words.length === 1),
  operations: entries.filter(({ words }) => words.length === 2),
  flags: ({ usage }) => [...flagsOf(usage), help]
})

const global = ["--help", "-h", "--version", "-v", "--completions"]

/** What may stand at each place, as the branches of a `case`, for bash and zsh alike. */
const branches = ({ commands, flags, operations }: Model): ReadonlyArray<string> => {
  const words = (entry: Entry) => flags(entry).flatMap(({ names }) => names).join(" ")
  return [
    "    call)",
    `      choices=${quoted(operations.map(({ words }) => words[1]).join(" "))}`,
    "      if [ \"$place\" -gt 2 ]; then",
    "        case \"$second\" in",
    ...operations.map((entry) => `          ${entry.words[1]}) choices=${quoted(words(entry))} ;;`),
    "        esac",
    "      fi ;;",
    ...commands.filter(({ words }) => words[0] !== "call").map((entry) =>
      `    ${entry.words[0]}) choices=${quoted(words(entry))} ;;`
    )
  ]
}

const valuesOf = ({ commands, flags, operations }: Model) => {
  const all = [...commands, ...operations].flatMap(flags)
  const named = (of: (flag: Flag) => boolean) => [...new Set(all.filter(of).flatMap(({ names }) => names))]
  const lists = new Map(
    all.flatMap(({ names, takes }) => Array.isArray(takes) ? names.map((name) => [name, takes.join(" ")] as const) : [])
  )
  return { files: named(({ takes }) => takes === "file"), texts: named(({ takes }) => takes === "text"), lists }
}

const bash = (model: Model): ReadonlyArray<string> => {
  const { files, lists, texts } = valuesOf(model)
  return [
    "# effect-spotify in bash: eval \"$(effect-spotify --completions bash)\" in ~/.bashrc",
    "_effect_spotify() {",
    "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"",
    "  local place=\"$COMP_CWORD\" first=\"${COMP_WORDS[1]}\" second=\"${COMP_WORDS[2]}\" choices=",
    "  COMPREPLY=()",
    "  case \"$previous\" in",
    `    ${files.join("|")}) COMPREPLY=( $(compgen -f -- "$current") ); return ;;`,
    ...[...lists].map(([name, values]) =>
      `    ${name}) COMPREPLY=( $(compgen -W ${quoted(values)} -- "$current") ); return ;;`
    ),
    `    --completions) COMPREPLY=( $(compgen -W ${quoted(shells.join(" "))} -- "$current") ); return ;;`,
    `    ${texts.join("|")}) return ;;`,
    "  esac",
    "  [ \"$place\" -le 1 ] && first=",
    "  case \"$first\" in",
    ...branches(model),
    `    *) choices=${quoted([...model.commands.map(({ words }) => words[0]), ...global].join(" "))} ;;`,
    "  esac",
    "  COMPREPLY=( $(compgen -W \"$choices\" -- \"$current\") )",
    "}",
    "complete -F _effect_spotify effect-spotify"
  ]
}

const zsh = (model: Model): ReadonlyArray<string> => {
  const { files, lists, texts } = valuesOf(model)
  return [
    "#compdef effect-spotify",
    "# effect-spotify in zsh: eval \"$(effect-spotify --completions zsh)\" in ~/.zshrc, after compinit",
    "_effect_spotify() {",
    "  local previous=\"${words[CURRENT-1]}\" place=$((CURRENT - 1)) first=\"${words[2]}\" second=\"${words[3]}\"",
    "  local -a commands",
    "  case \"$previous\" in",
    `    ${files.join("|")}) _files; return ;;`,
    ...[...lists].map(([name, values]) => `    ${name}) compadd -- ${values}; return ;;`),
    `    --completions) compadd -- ${shells.join(" ")}; return ;;`,
    `    ${texts.join("|")}) return ;;`,
    "  esac",
    "  if [ \"$place\" -le 1 ]; then",
    `    commands=(${
      model.commands.map(({ description, words }) => quoted(`${words[0]}:${description.replaceAll(":", "\\:")}`)).join(
        " "
      )
    })`,
    "    _describe command commands",
    `    compadd -- ${global.join(" ")}`,
    "    return",
    "  fi",
    "  local choices=",
    "  case \"$first\" in",
    ...branches(model),
    "  esac",
    "  compadd -- ${=choices}",
    "}",
    "compdef _effect_spotify effect-spotify"
  ]
}

const fish = ({ commands, flags, operations }: Model): ReadonlyArray<string> => {
  const complete = (condition: string, rest: string) =>
    `complete -c effect-spotify ${rest.endsWith(" -F") ? "" : "-f "}-n ${quoted(condition)} ${rest}`
  const flag = (condition: string) => ({ names, takes }: Flag) => {
    const spelt = names.map((name) => name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`).join(" ")
    const value = takes === "nothing"
      ? ""
      : takes === "file"
      ? " -r -F"
      : takes === "text"
      ? " -x"
      : ` -x -a ${quoted(takes.join(" "))}`
    return complete(condition, `${spelt}${value}`)
  }
  const anyOperation = `__fish_seen_subcommand_from ${operations.map(({ words }) => words[1]).join(" ")}`
  return [
    "# effect-spotify in fish: effect-spotify --completions fish > ~/.config/fish/completions/effect-spotify.fish",
    ...commands.map(({ description, words }) =>
      complete("__fish_use_subcommand", `-a ${words[0]} -d ${quoted(description)}`)
    ),
    complete("__fish_use_subcommand", "-l version -s v"),
    complete("__fish_use_subcommand", `-l completions -x -a ${quoted(shells.join(" "))}`),
    ...commands.filter(({ words }) => words[0] !== "call").flatMap((entry) =>
      flags(entry).map(flag(`__fish_seen_subcommand_from ${entry.words[0]}`))
    ),
    ...operations.map(({ description, words }) =>
      complete(
        `__fish_seen_subcommand_from call; and not ${anyOperation}`,
        `-a ${words[1]} -d ${quoted(description)}`
      )
    ),
    ...operations.flatMap((entry) => flags(entry).map(flag(`__fish_seen_subcommand_from ${entry.words[1]}`)))
  ]
}

/** The script for a shell. */
export const scriptOf = (shell: Shell, entries: ReadonlyArray<Entry>): string => {
  const model = modelOf(entries)
  return (shell === "bash" ? bash(model) : shell === "zsh" ? zsh(model) : fish(model)).join("\n")
}
