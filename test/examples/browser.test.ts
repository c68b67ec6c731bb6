import { FileSystem, HttpClient } from "@effect/platform"
import { NodeContext, NodeFileSystem, NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import type { Page } from "playwright-core"
import { build, preview } from "vite"
import * as Fake from "../../examples/browser/fake.js"
import * as Browser from "../utils/browser.js"
import * as Server from "../utils/browserServer.js"
import { sharedLayer } from "../utils/sharedLayer.js"

const { newPage, person, timeout, use } = Browser

class Site extends Context.Tag("test/Site")<Site, { readonly url: string }>() {}

const fake = Layer.scoped(FakeSpotify.FakeSpotify, Fake.serve).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

/** The example, built by Vite for the fake of this test, on a port of its own. */
const site = Layer.scoped(
  Site,
  Effect.gen(function*() {
    const { accountsUrl, apiUrl } = yield* FakeSpotify.FakeSpotify
    const outDir = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
    const config = {
      configFile: fileURLToPath(new URL("../../examples/browser/vite.config.ts", import.meta.url)),
      logLevel: "error" as const,
      define: {
        "import.meta.env.VITE_SPOTIFY_CLIENT_ID": JSON.stringify("fake-client-id"),
        "import.meta.env.VITE_SPOTIFY_ACCOUNTS_URL": JSON.stringify(accountsUrl),
        "import.meta.env.VITE_SPOTIFY_API_URL": JSON.stringify(apiUrl)
      },
      build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false }
    }
    yield* Effect.promise(() => build(config))
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => preview({ ...config, preview: { host: "127.0.0.1", port: 0 } })),
      (server) => Effect.promise(() => server.close())
    )
    return { url: server.resolvedUrls?.local[0] ?? "" }
  })
).pipe(Layer.provide(NodeFileSystem.layer))

const covers = (page: Page) => page.locator(".wall li")

/** When at least that many albums are there. */
const shows = (page: Page, count: number) => use(() => covers(page).nth(count - 1).waitFor())

const says = (page: Page, text: string) => use(() => page.getByText(text).waitFor())

const press = (page: Page, button: string) => use(() => page.getByRole("button", { name: button }).click())

const asksToSignIn = (page: Page) => use(() => page.getByRole("button", { name: "Sign in with Spotify" }).waitFor())

const signIn = (page: Page) => Effect.zipRight(press(page, "Sign in with Spotify"), press(page, "Agree"))

/** Scrolls until more albums are there. */
const readOn = (page: Page) =>
  Effect.gen(function*() {
    const before = yield* use(() => covers(page).count())
    yield* use(() => covers(page).last().scrollIntoViewIfNeeded())
    yield* shows(page, before + 1)
  })

/** A tab of somebody new, where nobody is signed in. */
const visitor = Effect.gen(function*() {
  const { url } = yield* Site
  const context = yield* person
  const tab = yield* newPage(context)
  yield* use(() => tab.page.goto(url))
  return { ...tab, context, url }
})

const signedIn = Effect.tap(visitor, ({ page }) => Effect.zipRight(signIn(page), shows(page, 1)))

/** Spotify no longer takes the access token. */
const expire = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  yield* spotify.expireAccessTokens
  yield* spotify.clearRequests
})

const tokenRequests = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  return yield* spotify.count({ path: "/api/token", method: "POST" })
})

const name = `the browser example${Browser.missing === undefined ? "" : ` (${Browser.missing})`}`

describe.skipIf(Browser.missing !== undefined)(name, () => {
  sharedLayer(Layer.mergeAll(site, Browser.layer).pipe(Layer.provideMerge(fake)), {
    excludeTestServices: true,
    timeout
  })((it) => {
    it.scoped("signs in, shows the albums with their covers, and reads on when scrolled", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const { errors, page, url } = yield* signedIn
        assert.strictEqual(page.url(), url, "the code is gone from the address")
        assert.strictEqual(yield* use(() => page.locator(".account .name").innerText()), "Fake User")
        assert.isTrue(
          yield* use(() =>
            covers(page).first().locator("img").evaluate((image) =>
              image instanceof HTMLImageElement && image.decode().then(() => true)
            )
          ),
          "the first cover has loaded"
        )
        const saved = yield* spotify.state.saved("album")
        while ((yield* use(() => covers(page).count())) < saved.length) yield* readOn(page)
        const shown = yield* use(() =>
          covers(page).locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))
        )
        assert.deepStrictEqual(shown, saved.map((uri) => `https://open.spotify.com/album/${uri.split(":")[2]}`))
        assert.deepStrictEqual(errors, [])
      }), timeout)

    it.scoped(
      "is still signed in after a reload and in another tab, and signs out of both",
      () =>
        Effect.gen(function*() {
          const { context, page, url } = yield* signedIn
          const before = yield* tokenRequests
          yield* use(() => page.reload())
          yield* shows(page, 1)
          const other = yield* newPage(context)
          yield* use(() => other.page.goto(url))
          yield* shows(other.page, 1)
          assert.strictEqual(yield* tokenRequests, before)

          yield* press(page, "Sign out")
          yield* says(page, "You are signed out.")
          yield* asksToSignIn(other.page)
          yield* use(() => page.reload())
          yield* asksToSignIn(page)
          assert.deepStrictEqual(yield* use(() => page.evaluate(() => Object.keys(localStorage))), [])
          assert.deepStrictEqual(other.errors, [])
        }),
      timeout
    )

    it.scoped("refreshes an access token that is over, once for all tabs", () =>
      Effect.gen(function*() {
        const { context, errors, page, url } = yield* signedIn
        const other = yield* newPage(context)
        yield* use(() => other.page.goto(url))
        yield* shows(other.page, 1)
        yield* expire
        yield* Effect.all([readOn(page), readOn(other.page)], { concurrency: 2 })
        assert.strictEqual(yield* tokenRequests, 1)
        yield* use(() => page.reload())
        yield* shows(page, 1)
        assert.strictEqual(yield* tokenRequests, 1, "the new token was kept")
        assert.deepStrictEqual([...errors, ...other.errors], [])
      }), timeout)

    it.scoped("asks for a sign-in again when the refresh token is dead", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const { page } = yield* signedIn
        yield* expire
        yield* spotify.revokeRefreshTokens()
        yield* use(() => covers(page).last().scrollIntoViewIfNeeded())
        yield* says(page, "Spotify has ended your sign-in.")
        yield* signIn(page)
        yield* shows(page, 1)
      }), timeout)

    it.scoped(
      "says what to do when the user declines or a callback isn't one of its own",
      () =>
        Effect.gen(function*() {
          const { errors, page, url } = yield* visitor
          yield* press(page, "Sign in with Spotify")
          yield* press(page, "Cancel")
          yield* says(page, "You said no. Nothing was shared.")
          assert.strictEqual(page.url(), url)
          yield* use(() => page.goto(`${url}?code=stolen&state=foreign`))
          yield* says(page, "That sign-in was used before, is too old, or began in another browser.")
          assert.strictEqual(page.url(), url)
          yield* signIn(page)
          yield* shows(page, 1)
          assert.deepStrictEqual(errors, [])
        }),
      timeout
    )

    it.scoped(
      "goes on from where it was after a 429, which a browser sees as a lost connection",
      () =>
        Effect.gen(function*() {
          const spotify = yield* FakeSpotify.FakeSpotify
          const { errors, page } = yield* signedIn
          yield* spotify.failNext(FakeSpotify.tooManyRequests(5), { times: 100, on: { path: "/v1/me/albums" } })
          yield* use(() => covers(page).last().scrollIntoViewIfNeeded())
          yield* says(page, "No answer from Spotify.")
          yield* spotify.clearFaults
          yield* press(page, "Try again")
          const saved = yield* spotify.state.saved("album")
          while ((yield* use(() => covers(page).count())) < saved.length) yield* readOn(page)
          const names = yield* use(() => covers(page).locator("a").evaluateAll((links) => links.map(String)))
          assert.strictEqual(new Set(names).size, saved.length)
          assert.deepStrictEqual(errors, [])
        }),
      timeout
    )
  })
})

it.scopedLive("start.ts serves the page, and a fake Spotify that it talks to", () =>
  Effect.gen(function*() {
    const { output, url } = yield* Server.start("browser/start.ts", {})
    const get = (path: string) => Effect.flatMap(HttpClient.get(new URL(path, url)), (response) => response.text)
    assert.include(yield* get("/"), "<template id=\"library\">")
    const fake = /FakeSpotify: (\S+)/.exec(output.join("\n"))?.[1]
    assert.isDefined(fake)
    assert.include(yield* get("/main.ts"), `"VITE_SPOTIFY_API_URL": "${fake}/v1"`)
    assert.include(
      yield* get(`${fake}/authorize?client_id=fake-client-id&response_type=code&redirect_uri=${url}`),
      "Agree"
    )
  }).pipe(Effect.provide([NodeContext.layer, NodeHttpClient.layerUndici])), timeout)
