import { Cookies, FileSystem, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeContext, NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { assert, describe, it } from "@effect/vitest"
import { Context, DateTime, Effect, Layer, Option, Ref } from "effect"
import { Playlists, SpotifyClient, SpotifySession, TokenStore } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { createServer } from "node:http"
import * as Browser from "../utils/browser.js"
import * as Server from "../utils/browserServer.js"
import { hasPostgres, postgresUrl, withPostgres } from "../utils/postgres.js"
import { sharedLayer } from "../utils/sharedLayer.js"
import { postgresClient, sqliteClient } from "../utils/tokenStoreSql.js"

const { timeout } = Browser

const fake = FakeSpotify.layerServer({ consent: "page" }).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

const secret = "a secret of this test, long enough"

/** Starts the app on a free port, for the fake of this test. */
const start = (settings: Record<string, string>) =>
  Effect.flatMap(FakeSpotify.FakeSpotify, ({ accountsUrl, apiUrl }) =>
    Server.start("web-app/main.ts", {
      SPOTIFY_CLIENT_ID: "fake-client-id",
      SPOTIFY_CLIENT_SECRET: "fake-client-secret",
      SPOTIFY_ACCOUNTS_URL: accountsUrl,
      SPOTIFY_API_URL: apiUrl,
      SESSION_SECRET: secret,
      ...settings
    }))

class App extends Context.Tag("test/App")<App, {
  readonly url: string
  readonly output: ReadonlyArray<string>
  readonly file: string
}>() {}

const app = Layer.scoped(
  App,
  Effect.gen(function*() {
    const directory = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
    const file = `${directory}/tokens.db`
    return { ...yield* start({ SQLITE_FILE: file }), file }
  })
)

const live = app.pipe(
  Layer.provideMerge(Layer.mergeAll(fake, NodeContext.layer, NodeHttpClient.layerUndici))
)

/** Somebody with a browser: cookies, and no redirect followed without our seeing it. */
const visit = (url: string) =>
  Effect.gen(function*() {
    const cookies = yield* Ref.make(Cookies.empty)
    const client = HttpClient.withCookiesRef(yield* HttpClient.HttpClient, cookies)
    const send = (request: HttpClientRequest.HttpClientRequest) =>
      Effect.flatMap(client.execute(request), (response) =>
        Effect.map(response.text, (text) => ({
          status: response.status,
          headers: response.headers,
          cookies: response.cookies,
          text,
          location: response.headers["location"] ?? ""
        })))
    const get = (path: string) => send(HttpClientRequest.get(new URL(path, url)))
    return {
      url,
      get,
      post: (path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
        send(HttpClientRequest.post(new URL(path, url), { headers }).pipe(HttpClientRequest.bodyUrlParams(form))),
      session: Effect.map(Ref.get(cookies), (cookies) =>
        Option.getOrElse(Cookies.getValue(cookies, "session"), () => "")),
      setSession: (value: string) =>
        Ref.set(cookies, Cookies.unsafeSet(Cookies.empty, "session", value))
    }
  })

type Visitor = Effect.Effect.Success<ReturnType<typeof visit>>

const visitor = Effect.flatMap(App, ({ url }) => visit(url))

/** Up to where Spotify sends the browser back to. */
const consent = (visitor: Visitor, form: Record<string, string> = { decision: "agree" }) =>
  Effect.gen(function*() {
    const { location } = yield* visitor.get("/sign-in")
    assert.include((yield* visitor.get(location)).text, "playlist-read-private")
    const decided = yield* visitor.post(location, form)
    assert.isTrue(decided.location.startsWith(`${visitor.url}/callback?`), decided.location)
    return decided.location
  })

const signIn = (visitor: Visitor, user = "fake-user") =>
  Effect.gen(function*() {
    const callback = yield* consent(visitor, { decision: "agree", user })
    const back = yield* visitor.get(callback)
    assert.deepStrictEqual([back.status, back.location], [303, "/"], back.text)
  })

const signedIn = Effect.tap(visitor, (visitor) => signIn(visitor))

const isSignedOut = (page: { readonly text: string }) => {
  assert.include(page.text, "Sign in with Spotify")
  assert.notInclude(page.text, "Sign out")
}

const isSignedIn = (page: { readonly text: string }, name = "Fake User") => {
  assert.include(page.text, `<span class="who">${name}</span>`)
  assert.include(page.text, "Sign out")
}

describe("the web app", () => {
  sharedLayer(live, { excludeTestServices: true, timeout })((it) => {
    it.effect("asks to sign in, with a cookie that scripts and other sites can't use", () =>
      Effect.gen(function*() {
        const visitor = yield* App.pipe(Effect.flatMap(({ url }) => visit(url)))
        const home = yield* visitor.get("/")
        isSignedOut(home)
        assert.include(home.headers["content-security-policy"], "default-src 'none'")
        assert.strictEqual(home.headers["cache-control"], "no-store")
        assert.strictEqual((yield* visitor.get("/style.css")).headers["content-type"], "text/css")
        const { cookies } = yield* visitor.get("/sign-in")
        const { options } = Option.getOrThrow(Cookies.get(cookies, "session"))
        assert.deepInclude(options, { httpOnly: true, sameSite: "lax", path: "/" })
      }), timeout)

    it.effect("shows each user their own tracks and playlists, with covers", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const [one, other] = yield* Effect.all([visitor, visitor])
        yield* signIn(one)
        yield* signIn(other, "other-user")
        const page = yield* one.get("/")
        isSignedIn(page)
        for (const { id, name } of yield* spotify.state.playlists("fake-user")) {
          assert.include(page.text, `<a href="https://open.spotify.com/playlist/${id}">`)
          assert.include(page.text, `<span class="title">${name}</span>`)
        }
        assert.strictEqual(page.text.match(/<li>\s*<img class="cover" src="http[^"]+\/image\/album/g)?.length, 12)
        const others = yield* other.get("/")
        isSignedIn(others, "Other User")
        assert.notInclude(others.text, "Odds and Ends")
      }), timeout)

    it.effect("shows another period, and the usual one for one that it doesn't know", () =>
      Effect.gen(function*() {
        const visitor = yield* signedIn
        const [usual, year, unknown] = yield* Effect.forEach(
          ["/", "/?range=long_term", "/?range=forever"],
          (path) => Effect.map(visitor.get(path), ({ text }) => /<ol[^]*<\/ol>/.exec(text)?.[0])
        )
        assert.isDefined(usual)
        assert.notStrictEqual(year, usual)
        assert.strictEqual(unknown, usual)
      }), timeout)

    it.effect("takes a cookie that was tampered with for none", () =>
      Effect.gen(function*() {
        const [one, other] = yield* Effect.all([signedIn, signedIn])
        const session = yield* one.session
        const [id = "", signature = ""] = session.split(".")
        const [otherId = ""] = (yield* other.session).split(".")
        const changed = signature.replace(/^./, (first) => first === "A" ? "B" : "A")
        for (const value of [id, `${id}.`, `${id}.${changed}`, `${id}.%%%`, `${otherId}.${signature}`, "", "."]) {
          yield* one.setSession(value)
          isSignedOut(yield* one.get("/"))
        }
        yield* one.setSession(session)
        isSignedIn(yield* one.get("/"))
      }), timeout)

    it.effect(
      "gives a new session at sign-in, so that a cookie planted before is worth nothing",
      () =>
        Effect.gen(function*() {
          const [victim, attacker] = yield* Effect.all([visitor, visitor])
          yield* attacker.get("/sign-in")
          const planted = yield* attacker.session
          yield* victim.setSession(planted)
          yield* signIn(victim)
          isSignedIn(yield* victim.get("/"))
          assert.notStrictEqual(yield* victim.session, planted)
          isSignedOut(yield* attacker.get("/"))
        }),
      timeout
    )

    it.effect("signs out by POST alone, for good", () =>
      Effect.gen(function*() {
        const visitor = yield* signedIn
        const session = yield* visitor.session
        assert.strictEqual((yield* visitor.get("/sign-out")).status, 404)
        isSignedIn(yield* visitor.get("/"))
        const out = yield* visitor.post("/sign-out")
        assert.deepStrictEqual([out.status, out.location], [303, "/"])
        assert.strictEqual(yield* visitor.session, "")
        yield* visitor.setSession(session)
        isSignedOut(yield* visitor.get("/"))
      }), timeout)

    it.effect("doesn't sign out for a page of another origin", () =>
      Effect.gen(function*() {
        const visitor = yield* signedIn
        const { host, origin, port } = new URL(visitor.url)
        const foreign = [
          { origin: "https://example.com" },
          { origin: "null" },
          // Another port of the same machine is the same site, whose cookies come along.
          { origin: origin.replace(port, String(Number(port) - 1)) },
          { origin, "sec-fetch-site": "same-site" },
          { "sec-fetch-site": "cross-site" }
        ]
        for (const headers of foreign) {
          const refused = yield* visitor.post("/sign-out", {}, headers)
          assert.strictEqual(refused.status, 403, JSON.stringify(headers))
          isSignedIn(yield* visitor.get("/"))
        }
        const out = yield* visitor.post("/sign-out", {}, { origin: `http://${host}`, "sec-fetch-site": "same-origin" })
        assert.deepStrictEqual([out.status, out.location], [303, "/"])
      }), timeout)

    it.effect("refreshes an access token that is over", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const visitor = yield* signedIn
        yield* spotify.expireAccessTokens
        yield* spotify.clearRequests
        isSignedIn(yield* visitor.get("/"))
        assert.strictEqual(yield* spotify.count({ path: "/api/token" }), 1)
      }), timeout)

    it.effect("asks for a sign-in again when the refresh token is dead", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const visitor = yield* signedIn
        yield* spotify.expireAccessTokens
        yield* spotify.revokeRefreshTokens()
        const page = yield* visitor.get("/")
        isSignedOut(page)
        assert.include(page.text, "Spotify has ended your sign-in.")
        assert.strictEqual(yield* visitor.session, "")
        yield* signIn(visitor)
        isSignedIn(yield* visitor.get("/"))
      }), timeout)

    it.effect("says what to do when a sign-in can't be finished", () =>
      Effect.gen(function*() {
        const visitor = yield* App.pipe(Effect.flatMap(({ url }) => visit(url)))
        const unknown = yield* visitor.get("/callback?code=stolen&state=foreign")
        assert.strictEqual(unknown.status, 400)
        assert.include(unknown.text, "This sign-in can&#39;t be finished")

        const declined = yield* Effect.flatMap(consent(visitor, { decision: "cancel" }), visitor.get)
        assert.strictEqual(declined.status, 403)
        assert.include(declined.text, "You said no, and that is fine")
        isSignedOut(declined)

        const callback = yield* consent(visitor)
        const foreign = yield* visitor.get(callback.replace(/state=[^&]*/, "state=foreign"))
        assert.strictEqual(foreign.status, 400)
        assert.strictEqual((yield* visitor.get(callback)).status, 303)
        const twice = yield* visitor.get(callback)
        assert.strictEqual(twice.status, 400)
        assert.include(twice.text, "It was used before")
        isSignedIn(yield* visitor.get("/"))
      }), timeout)

    it.effect("shows what is there when a part isn't, and says why when nothing is", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const visitor = yield* signedIn
        yield* spotify.failNext(FakeSpotify.apiError(403, "Forbidden"), { on: { path: "/v1/me/top/tracks" } })
        const page = yield* visitor.get("/")
        assert.strictEqual(page.status, 200)
        assert.include(page.text, "role=\"alert\"")
        assert.include(page.text, "Evening Drive")

        yield* spotify.failNext(FakeSpotify.quotaExceeded, { on: { path: "/v1/me" } })
        const quota = yield* visitor.get("/")
        assert.strictEqual(quota.status, 503)
        assert.include(quota.text, "We are out of requests")

        assert.strictEqual((yield* visitor.get("/nowhere")).status, 404)
      }), timeout)

    it.effect("escapes what users name their things", () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const { accessToken } = yield* spotify.issueToken()
        yield* Playlists.create({ name: "<script>alert(\"1\")</script>" }).pipe(
          Effect.provide(
            SpotifyClient.layer({ baseUrl: spotify.apiUrl }).pipe(
              Layer.provide(SpotifySession.layerToken({ accessToken }))
            )
          )
        )
        const visitor = yield* signedIn
        const { text } = yield* visitor.get("/")
        assert.include(text, "&#60;script&#62;alert(&#34;1&#34;)")
        assert.notInclude(text, "<script")
      }), timeout)

    it.effect("hints at the end of the six months in the last weeks", () =>
      Effect.gen(function*() {
        const { file } = yield* App
        const visitor = yield* signedIn
        assert.notInclude((yield* visitor.get("/")).text, "six months")
        const key = (yield* visitor.session).split(".")[0] ?? ""
        const soon = DateTime.add(yield* DateTime.now, { days: 10 })
        yield* Effect.gen(function*() {
          const store = yield* TokenStore.TokenStore
          const token = Option.getOrThrow(yield* store.get(key))
          yield* store.set(key, { ...token, authorizedAt: DateTime.subtract(soon, { months: 6 }) })
        }).pipe(Effect.provide(TokenStoreSql.layer().pipe(Layer.provide(sqliteClient(file)))))
        const page = yield* visitor.get("/")
        isSignedIn(page)
        assert.include(page.text, "Spotify ends every sign-in after six months")
        assert.match(page.text, /<time datetime="\d{4}-\d\d-\d\d">/)
      }), timeout)

    it.scoped(
      "keeps users signed in across processes that share a database and a secret",
      () =>
        Effect.gen(function*() {
          const { file } = yield* App
          const visitor = yield* signedIn
          const session = yield* visitor.session
          const again = yield* Effect.flatMap(start({ SQLITE_FILE: file }), ({ url }) => visit(url))
          yield* again.setSession(session)
          isSignedIn(yield* again.get("/"))
          yield* again.post("/sign-out")
          isSignedOut(yield* again.get("/"))
        }),
      timeout
    )

    it.scoped("says when to come back, and has a page for a database that is gone", () =>
      Effect.gen(function*() {
        const directory = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
        const file = `${directory}/tokens.db`
        const spotify = yield* FakeSpotify.FakeSpotify
        const { output, url } = yield* start({ SQLITE_FILE: file })
        const visitor = yield* visit(url)
        yield* signIn(visitor)
        yield* spotify.failNext(FakeSpotify.tooManyRequests(3600), { on: { path: "/v1/me" } })
        const limited = yield* visitor.get("/")
        assert.strictEqual(limited.status, 503)
        assert.include(limited.text, "Spotify has asked us to wait until")
        assert.match(limited.headers["retry-after"] ?? "", /^3?\d{1,3}$/)
        yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`DROP TABLE spotify_tokens`).pipe(
          Effect.provide(sqliteClient(file))
        )
        const page = yield* visitor.get("/sign-in")
        assert.strictEqual(page.status, 503)
        assert.include(page.text, "We can&#39;t reach our own records")
        assert.include(output.join("\n"), "spotify_tokens")
      }), timeout)

    it.scoped("runs without credentials, on a fake of its own", () =>
      Effect.gen(function*() {
        const directory = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
        const { output, url } = yield* Server.start("web-app/main.ts", { SQLITE_FILE: `${directory}/tokens.db` })
        const visitor = yield* visit(url)
        yield* signIn(visitor)
        isSignedIn(yield* visitor.get("/"))
        assert.include(output.join("\n"), "SESSION_SECRET isn't set")
      }), timeout)

    it.effect("has written no secret to its log", () =>
      Effect.gen(function*() {
        const { output } = yield* App
        assert.notMatch(output.join("\n"), /fake-(code|access-token|refresh-token|client-secret)|code=/)
      }), timeout)
  })
})

const name = `the web app in a browser${Browser.missing === undefined ? "" : ` (${Browser.missing})`}`

describe.skipIf(Browser.missing !== undefined)(name, () => {
  sharedLayer(Layer.merge(Browser.layer, live), { excludeTestServices: true, timeout })((it) => {
    it.scoped("signs in, shows covers, changes the period and signs out", () =>
      Effect.gen(function*() {
        const { url } = yield* App
        const { page } = yield* Effect.flatMap(Browser.person, Browser.newPage)
        const refused: Array<string> = []
        page.on("console", (message) => {
          if (message.text().includes("Content Security Policy")) refused.push(message.text())
        })
        yield* Browser.use(async () => {
          await page.goto(url)
          await page.getByRole("link", { name: "Sign in with Spotify" }).click()
          await page.getByRole("button", { name: "Agree" }).click()
          await page.getByRole("heading", { name: "What you play most" }).waitFor()
          const cover = page.locator(".tracks img").first()
          await cover.evaluate(async (image) => image instanceof HTMLImageElement && image.decode())
          await page.getByRole("link", { name: "A year" }).click()
          await page.locator("[aria-current]", { hasText: "A year" }).waitFor()
          await page.getByRole("button", { name: "Sign out" }).click()
          await page.getByRole("link", { name: "Sign in with Spotify" }).waitFor()
          await page.reload()
          await page.getByRole("link", { name: "Sign in with Spotify" }).waitFor()
        })
        assert.deepStrictEqual(refused, [])
      }), timeout)
  })
})

describe.skipIf(!hasPostgres)(`the web app ${withPostgres}`, () => {
  it.live("signs in and out", () =>
    Effect.gen(function*() {
      const schema = `web_app_${crypto.randomUUID().replaceAll("-", "")}`
      const sql = yield* SqlClient.SqlClient
      yield* Effect.acquireRelease(sql`CREATE SCHEMA ${sql(schema)}`, () =>
        Effect.orDie(sql`DROP SCHEMA ${sql(schema)} CASCADE`))
      const url = new URL(postgresUrl)
      url.searchParams.set("options", `-csearch_path=${schema}`)
      const visitor = yield* Effect.flatMap(start({ DATABASE_URL: url.href }), ({ url }) =>
        visit(url))
      yield* signIn(visitor)
      isSignedIn(yield* visitor.get("/"))
      const rows = yield* sql`SELECT user_key FROM ${sql(schema)}.spotify_tokens WHERE kind = 'token'`
      assert.deepStrictEqual(rows, [{ user_key: (yield* visitor.session).split(".")[0] }])
      yield* visitor.post("/sign-out")
      isSignedOut(yield* visitor.get("/"))
    }).pipe(
      Effect.scoped,
      Effect.provide([fake, NodeContext.layer, NodeHttpClient.layerUndici, postgresClient(postgresUrl)])
    ), timeout)
})
