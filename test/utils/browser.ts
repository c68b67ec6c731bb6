/** A headless Chromium, where the machine has one. */
import { Context, Data, Effect, Layer } from "effect"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser as PlaywrightBrowser, type BrowserContext, chromium, type Page } from "playwright-core"

const names = ["chromium", "chromium-browser", "google-chrome"]

const executablePath = (process.env["PATH"] ?? "").split(delimiter)
  .flatMap((directory) => names.map((name) => join(directory, name)))
  .find((path) => existsSync(path))

/** Why tests are skipped; undefined where they aren't. */
export const missing = executablePath === undefined ? `skipped: no ${names.join(", ")} in PATH` : undefined

/** What is generous on a busy machine: for a test, for a layer, and for what playwright waits for. */
export const timeout = 300_000

const patience = 100_000

export class Browser extends Context.Tag("test/Browser")<Browser, PlaywrightBrowser>() {}

/** One Chromium with a new profile. */
export const layer = Layer.scoped(
  Browser,
  Effect.acquireRelease(
    Effect.promise(() =>
      chromium.launch({
        ...(executablePath === undefined ? {} : { executablePath }),
        headless: true,
        timeout: patience,
        args: [
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync"
        ]
      })
    ),
    (browser) => Effect.promise(() => browser.close())
  )
)

export class BrowserError extends Data.TaggedError("BrowserError")<{ readonly message: string }> {}

/** Does something in the browser; what goes wrong there is told in playwright's own words. */
export const use = <A>(action: () => Promise<A>): Effect.Effect<A, BrowserError> =>
  Effect.tryPromise({ try: action, catch: (cause) => new BrowserError({ message: String(cause) }) })

/** Somebody's windows: their pages share cookies and storage, and nobody else's. */
export const person = Effect.flatMap(Browser, (browser) =>
  Effect.acquireRelease(
    Effect.map(use(() => browser.newContext({ viewport: { width: 1280, height: 800 } })), (context) => {
      context.setDefaultTimeout(patience)
      return context
    }),
    (context) => Effect.promise(() => context.close())
  ))

/** A tab, and the errors that its scripts threw. */
export const newPage = (context: BrowserContext) =>
  Effect.map(use(() => context.newPage()), (page): { readonly page: Page; readonly errors: ReadonlyArray<string> } => {
    const errors: Array<string> = []
    page.on("pageerror", (error) => errors.push(String(error)))
    return { page, errors }
  })
