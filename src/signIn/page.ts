import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type { SignInError } from "../core/SpotifyError.js"
import type { Token } from "../store/TokenStore.js"

const escaped: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;"
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => escaped[character] ?? character)

const style = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #b42318 }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText;
  font: 1.05rem/1.5 system-ui, sans-serif }
main { max-width: 30rem; margin: 1rem; padding: clamp(1.25rem, 5vw, 2.5rem); border-radius: 1rem;
  border: 1px solid color-mix(in srgb, CanvasText 15%, transparent) }
h1 { display: flex; gap: .6rem; margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
h1 span { color: var(--bad) }
.good h1 span { color: var(--good) }
p { margin: .5rem 0 0 }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #f97066 } }
`

const render = (options: {
  readonly status: number
  readonly good?: boolean
  readonly title: string
  readonly lines: ReadonlyArray<string>
}): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(options.title)}</title>
<style>${style}</style>
</head>
<body>
<main${options.good === true ? " class=\"good\"" : ""}>
<h1><span aria-hidden="true">${options.good === true ? "✓" : "✗"}</span>${escape(options.title)}</h1>
${options.lines.map((line) => `<p>${escape(line)}</p>`).join("\n")}
</main>
</body>
</html>
`,
    {
      status: options.status,
      contentType: "text/html; charset=utf-8",
      headers: {
        "cache-control": "no-store",
        "connection": "close",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        "referrer-policy": "no-referrer"
      }
    }
  )

const backToTerminal = "You can close this tab and go back to the terminal."

/** For a favicon and other paths. */
export const nothingHere = render({
  status: 404,
  title: "Nothing here",
  lines: ["Only the end of the sign-in comes here."]
})

/** For a callback that isn't the one that is waited for. */
export const ignored = (reason: string): HttpServerResponse.HttpServerResponse =>
  render({
    status: 400,
    title: "This callback was ignored",
    lines: [reason, "The terminal goes on waiting."]
  })

/** For the callback that was waited for. */
export const ofOutcome = (outcome: Exit.Exit<Token, SignInError>): HttpServerResponse.HttpServerResponse => {
  if (Exit.isSuccess(outcome)) {
    return render({ status: 200, good: true, title: "Signed in to Spotify", lines: [backToTerminal] })
  }
  const failure = Cause.failureOption(outcome.cause)
  if (failure._tag === "None") {
    return render({ status: 500, title: "The sign-in was called off", lines: ["Start it again in the terminal."] })
  }
  const { value: error } = failure
  if (error._tag !== "AuthorizationDenied") {
    return render({ status: 500, title: "The sign-in failed", lines: [`${error.message}.`, backToTerminal] })
  }
  const reason = error.error === "access_denied" ? "You declined at Spotify." : `${error.message}.`
  return render({ status: 403, title: "Not signed in", lines: [reason, backToTerminal] })
}
