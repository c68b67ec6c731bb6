/** Markup as values: whatever goes into an `html` template is escaped, unless it is `Html` itself. */
export class Html {
  constructor(readonly text: string) {}
}

type Interpolated = string | number | undefined | Html | ReadonlyArray<Html>

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const render = (value: Interpolated): string => {
  if (value === undefined) return ""
  if (value instanceof Html) return value.text
  return typeof value === "object" ? value.map((part) => part.text).join("") : escape(String(value))
}

export const html = (strings: TemplateStringsArray, ...values: ReadonlyArray<Interpolated>): Html =>
  new Html(strings.reduce((text, string, index) => text + render(values[index - 1]) + string))
