import { HttpClient, HttpClientResponse } from "@effect/platform"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect, Either, FastCheck, Layer, ManagedRuntime, Option, Predicate, Redacted } from "effect"
import * as Library from "effect-spotify/Library"
import * as Markets from "effect-spotify/Markets"
import * as Player from "effect-spotify/Player"
import * as Playlists from "effect-spotify/Playlists"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { SpotifyError } from "effect-spotify/SpotifyError"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { randomBytes } from "node:crypto"
import { gzipSync } from "node:zlib"
import { type Answer, clientOver, codings, decompressing, serve, transports } from "../utils/bodies.js"

const maxBodySize = 1_500_000

const server = await Effect.runPromise(serve)

const runtimes = transports.map((transport) => ({
  ...transport,
  runtime: ManagedRuntime.make(clientOver(transport.http, server.url, { maxBodySize }))
}))

type Services = SpotifyClient.SpotifyClient

/** What each transport makes of an answer. */
const each = async <A>(
  answer: Answer,
  effect: Effect.Effect<A, SpotifyError, Services>
): Promise<{ readonly [name: string]: A | string }> => {
  server.answer = answer
  const results: { [name: string]: A | string } = {}
  for (const { name, runtime } of runtimes) {
    const result = await runtime.runPromise(Effect.either(effect))
    results[name] = Either.isRight(result) ? result.right : result.left._tag
  }
  return results
}

const all = <A>(value: A | ((unpacks: "us" | "fetch" | "hidden") => A)) =>
  Object.fromEntries(
    transports.map(({ name, unpacks }) => [name, Predicate.isFunction(value) ? value(unpacks) : value])
  )

const json = (text: string): Uint8Array => new TextEncoder().encode(text)

const markets = (count: number) => Array.from({ length: count }, () => randomBytes(8).toString("hex"))

const small = markets(40)
/** Is unpacked off the loop: more than 64 kB, packed. */
const large = markets(12_000)

const bodyOf = (list: ReadonlyArray<string>) => json(JSON.stringify({ markets: list }))

const labelled = (encoding: string | undefined, body: Answer["body"], status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json", ...(encoding === undefined ? {} : { "content-encoding": encoding }) },
  body
})

const readMarkets = Effect.map(Markets.get(), ({ markets }) => markets)
const text = Effect.flatMap(SpotifyClient.SpotifyClient, (client) =>
  Effect.map(
    client.execute({ operation: "test", method: "GET", url: "/markets", idempotent: true }),
    (response) => response.text
  ))

/** A change in the middle that every coding notices. */
const broken = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  for (let i = copy.length >> 1; i < (copy.length >> 1) + 40 && i < copy.length; i++) copy[i] = ~(copy[i] ?? 0)
  return copy
}

describe("over a port, on every transport", () => {
  afterAll(async () => {
    for (const { runtime } of runtimes) await runtime.dispose()
    server.close()
  })

  describe("a packed body is read", () => {
    for (const [label, pack] of Object.entries(codings)) {
      it(`as ${label}`, async () => {
        expect(await each(labelled(label, pack(bodyOf(small))), readMarkets)).toEqual(all(small))
        expect(await each(labelled(label, pack(bodyOf(large))), readMarkets)).toEqual(all(large))
      })
    }
  })

  it("what is small and unpacks into much is read, too", async () => {
    const list = [...small, "x".repeat(1_200_000)]
    expect(await each(labelled("gzip", gzipSync(bodyOf(list))), readMarkets)).toEqual(all(list))
  })

  const gzip = gzipSync(bodyOf(small))

  it("a wrong label does no harm where nobody has tripped over it", async () => {
    for (const label of ["gzip", "deflate", "br", "gzip, br", "zstd"]) {
      // fetch fails before anybody can see the body.
      const expected = label === "zstd" ? small : (unpacks: string) => unpacks === "fetch" ? "TransportError" : small
      expect(await each(labelled(label, bodyOf(small)), readMarkets), label).toEqual(all(expected))
    }
    for (const label of ["", "utf-8", "none", "foo, bar"]) {
      expect(await each(labelled(label, bodyOf(small)), readMarkets), label).toEqual(all(small))
    }
  })

  it("packed twice and labelled once, or not at all", async () => {
    expect(await each(labelled("gzip", gzipSync(gzip)), readMarkets)).toEqual(all(small))
    expect(await each(labelled(undefined, gzip), readMarkets)).toEqual(all(small))
    expect(await each(labelled("foo", gzip), readMarkets)).toEqual(all(small))
  })

  it("a packed body that is cut or broken is a typed error", async () => {
    for (const label of ["gzip", "deflate", "deflate ", "br"]) {
      for (const list of [small, large]) {
        const packed = codings[label]?.(bodyOf(list)) ?? new Uint8Array()
        const cut = await each(labelled(label, packed.subarray(0, packed.length >> 1)), readMarkets)
        expect(cut, `${label}, cut`).toEqual(all("DecodeError"))
        const early = await each(labelled(label, packed.subarray(0, 3)), readMarkets)
        for (const result of Object.values(early)) expect(result).toMatch(/^(TransportError|DecodeError)$/)
      }
    }
    expect(await each(labelled("gzip", broken(gzip)), readMarkets)).toEqual(all("TransportError"))
    // Node's fetch hangs on a large one, until the client's timeout.
    server.answer = labelled("gzip", broken(gzipSync(bodyOf(large))))
    for (const { name, runtime, unpacks } of runtimes) {
      if (unpacks === "fetch") continue
      const error = await runtime.runPromise(Effect.flip(readMarkets))
      expect([name, error._tag, error.message]).toEqual([
        name,
        "TransportError",
        expect.stringMatching(/unpacked \(Z_DATA_ERROR\)/)
      ])
    }
  })

  it("what is cut so early that nothing comes of it isn't taken for an empty answer", async () => {
    const state = await each(labelled("gzip", gzip.subarray(0, 14)), Player.state())
    const ours = transports.filter(({ unpacks }) => unpacks === "us").map(({ name }) => state[name])
    expect(ours).toEqual(ours.map(() => "TransportError"))
  })

  it("the limit holds for what comes out of a packed body, and is one of a success", async () => {
    const over = await each(labelled("gzip", gzipSync(new Uint8Array(maxBodySize + 1))), readMarkets)
    expect(over).toEqual(all("DecodeError"))
    const twice = await each(
      labelled("gzip, gzip", gzipSync(gzipSync(new Uint8Array(20_000_000)))),
      readMarkets
    )
    expect(twice).toEqual(all("DecodeError"))
    expect(await each(labelled("br", codings["br"]?.(new Uint8Array(20_000_000)) ?? gzip), readMarkets))
      .toEqual(all("DecodeError"))
  })

  it("a body may have as much as the limit says", async () => {
    const of = (size: number) => bodyOf(["x".repeat(size - bodyOf([""]).length)])
    expect(await each(labelled(undefined, of(maxBodySize)), Effect.asVoid(readMarkets))).toEqual(all(undefined))
    expect(await each(labelled(undefined, of(maxBodySize + 1)), readMarkets)).toEqual(all("DecodeError"))
    expect(await each(labelled("br", codings["br"]?.(of(maxBodySize)) ?? gzip), Effect.asVoid(readMarkets)))
      .toEqual(all(undefined))
  })

  const endless = (chunk: Uint8Array) => () => chunk

  for (const status of [200, 404, 502]) {
    it(`a body without an end is given up, with status ${status}`, async () => {
      for (const { name, runtime } of runtimes) {
        server.answer = labelled(undefined, endless(new Uint8Array(65_536).fill(0x61)), status)
        const error = await runtime.runPromise(Effect.flip(readMarkets))
        expect([name, error._tag]).toEqual([
          name,
          status === 200 ? "DecodeError" : status === 404 ? "NotFound" : "ServerError"
        ])
        if (status === 200) expect(error.message).toMatch(/at most 1500000 bytes .*maxBodySize/)
        else expect(error).toMatchObject({ status, detail: `${"a".repeat(200)}…` })
        await expect.poll(() => server.open).toBe(0)
        // What the sockets on both sides hold goes with it.
        expect(server.written).toBeLessThan(maxBodySize + 30_000_000)
      }
    })
  }

  it("of an error's body little is read, whatever the limit", async () => {
    const runtime = ManagedRuntime.make(clientOver(UndiciTransport.layer, server.url, { maxBodySize: Infinity }))
    server.answer = labelled(undefined, endless(new Uint8Array(65_536)), 500)
    expect(await runtime.runPromise(Effect.flip(readMarkets))).toMatchObject({ _tag: "ServerError" })
    await expect.poll(() => server.open).toBe(0)
    expect(server.written).toBeLessThan(30_000_000)
    await runtime.dispose()
  })

  it("an error is that of its status, whatever its body", async () => {
    const bodies: ReadonlyArray<readonly [string | undefined, Answer["body"]]> = [
      ["gzip", gzip],
      ["gzip", gzip.subarray(0, 30)],
      ["gzip", broken(gzip)],
      ["br", bodyOf(small)],
      ["gzip", gzipSync(new Uint8Array(20_000_000))],
      [undefined, new Uint8Array([0xff, 0xfe, 0x80])],
      [undefined, json("{\"error\":".repeat(20_000))]
    ]
    for (const [encoding, body] of bodies) {
      expect(await each(labelled(encoding, body, 403), readMarkets)).toEqual(all("Forbidden"))
      expect(await each(labelled(encoding, body, 503), readMarkets)).toEqual(all("ServerError"))
    }
  })

  it("a long body holds nothing up", async () => {
    // By default, and of words that look like secrets and like what stands before them.
    const runtime = ManagedRuntime.make(clientOver(UndiciTransport.layer, server.url))
    for (const words of ["code Bearer \n", "access_token  ", "Bearer+", "<p> ", " ", "a"]) {
      const body = json(words.repeat(20_000_000 / words.length))
      for (const status of [200, 400, 500]) {
        server.answer = labelled(undefined, body, status)
        const error = await runtime.runPromise(Effect.flip(readMarkets))
        expect(error).toMatchObject({ status, detail: expect.stringMatching(/^[^]{0,201}$/) })
      }
    }
    await runtime.dispose()
  })

  it("a packed error says what Spotify said", async () => {
    const said = json("{\"error\":{\"status\":404,\"message\":\"No active device\",\"reason\":\"NO_ACTIVE_DEVICE\"}}")
    for (const [label, pack] of Object.entries(codings)) {
      const reason = Effect.catchTag(readMarkets, "NotFound", ({ reason }) => Effect.succeed(reason))
      expect(await each(labelled(label, pack(said), 404), reason), label).toEqual(all("NO_ACTIVE_DEVICE"))
    }
  })

  it("an error whose body breaks off is that of its status", async () => {
    for (const encoding of [undefined, "gzip"]) {
      const answer = (status: number) => ({ ...labelled(encoding, gzip.subarray(0, 60), status), breaksOff: true })
      expect(await each(answer(403), readMarkets)).toEqual(all("Forbidden"))
      expect(await each(answer(200), readMarkets)).toEqual(all("TransportError"))
    }
  })

  describe("a write that is answered with a success is done and not sent again", () => {
    const id = "3cEYpjA9oz9GiPac4AsH4n"
    const uris = ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb"]
    const start = json(`{"snapshot_id":"s1","href":"https://api.spotify.com/v1/playlists/${id}","name":"Ev`)
    const long = json(`{"snapshot_id":"s1","uri":"spotify:playlist:${id}","description":"${"x".repeat(maxBodySize)}"}`)
    const answers: { readonly [what: string]: Answer } = {
      "breaks off": { ...labelled(undefined, start, 201), breaksOff: true },
      "is cut": labelled(undefined, start, 201),
      "is longer than the limit": labelled(undefined, long, 201),
      "is longer than the limit, unpacked": labelled("gzip", gzipSync(long), 201),
      "breaks off, packed": { ...labelled("gzip", gzip.subarray(0, 60), 201), breaksOff: true },
      "can't be unpacked": labelled("gzip", broken(gzip), 201)
    }
    const writes: { readonly [name: string]: Effect.Effect<unknown, SpotifyError, Services> } = {
      save: Library.save({ uris }),
      next: Player.next(),
      addItems: Effect.asVoid(Playlists.addItems(id, { uris })),
      uploadCover: Playlists.uploadCover(id, { image: "/9j/4AAQ" })
    }
    for (const [what, answer] of Object.entries(answers)) {
      it(`and its body ${what}`, async () => {
        for (const [name, write] of Object.entries(writes)) {
          server.seen.length = 0
          expect(await each(answer, write), name).toEqual(all(undefined))
          expect(server.seen.length, name).toBe(transports.length)
        }
      })
    }

    for (const what of ["breaks off", "is cut", "is longer than the limit"]) {
      it(`and what identifies its result is kept where its body ${what}`, async () => {
        const answer = answers[what]!
        const version = Effect.map(Playlists.addItems(id, { uris }), ({ snapshot_id }) => snapshot_id)
        expect(await each(answer, version)).toEqual(all("s1"))
        expect(await each(answer, Effect.map(Playlists.create({ name: "Evening" }), ({ id }) => id))).toEqual(all(id))
      })
    }

    it("and says so where nothing identifies a new playlist", async () => {
      const create = Effect.matchEffect(Playlists.create({ name: "Evening" }), {
        onFailure: ({ _tag, message }) => Effect.succeed([_tag, message.includes("it is done (201)")]),
        onSuccess: () => Effect.succeed(["a playlist"])
      })
      for (const what of ["breaks off, packed", "can't be unpacked"]) {
        server.seen.length = 0
        expect(await each(answers[what]!, create)).toEqual(all(["DecodeError", true]))
        expect(server.seen.length).toBe(transports.length)
      }
    })
  })

  it("text is UTF-8 without a byte order mark, whatever the label says", async () => {
    const cases: ReadonlyArray<readonly [string, ReadonlyArray<number>, string]> = [
      ["application/json", [0xef, 0xbb, 0xbf, 0x7b, 0x7d], "{}"],
      ["application/json", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x7b, 0x7d], "\ufeff{}"],
      ["application/json", [0x22, 0xff, 0xe2, 0x82, 0xf0, 0x9f, 0x22], "\"\ufffd\ufffd\ufffd\""],
      ["application/json", [0x22, 0xed, 0xa0, 0x80, 0x22], "\"\ufffd\ufffd\ufffd\""],
      ["application/json; charset=iso-8859-1", [0x22, 0xe9, 0x22], "\"\ufffd\""],
      ["application/json; charset=iso-8859-1", [0x22, 0xc3, 0xa9, 0x22], "\"é\""],
      ["application/json; charset=utf-16le", [0xff, 0xfe, 0x7b, 0x00], "\ufffd\ufffd{\0"],
      ["application/json", [0xef, 0xbb, 0xbf], ""],
      ["application/json", [], ""]
    ]
    for (const [type, bytes, expected] of cases) {
      const body = Uint8Array.from(bytes)
      expect(await each({ headers: { "content-type": type }, body }, text)).toEqual(all(expected))
      if (bytes.length === 0) continue
      const packed = { headers: { "content-type": type, "content-encoding": "gzip" }, body: gzipSync(body) }
      expect(await each(packed, text)).toEqual(all(expected))
    }
  })

  it("a header that came twice is one, joined", async () => {
    const headers = { warning: ["199 - \"a\"", "199 - \"b\""], "cache-control": ["private", "max-age=0"], "x-one": "1" }
    const asked = Effect.map(SpotifyClient.withResponse(readMarkets), ([, response]) => {
      const { headers } = Option.getOrThrow(response)
      return [headers["warning"], headers["cache-control"], headers["x-one"], headers["x-none"]]
    })
    const joined = ["199 - \"a\", 199 - \"b\"", "private, max-age=0", "1", undefined]
    expect(await each({ headers, body: bodyOf(small) }, asked)).toEqual(all(joined))
  })

  it("a character in pieces", async () => {
    const bytes = json(JSON.stringify({ markets: ["🎧é…"] }))
    const pieces = () => {
      let at = 0
      return () => at < bytes.length ? bytes.subarray(at, ++at) : undefined
    }
    for (const { name, runtime } of runtimes) {
      server.answer = { body: pieces() }
      expect([name, await runtime.runPromise(readMarkets)]).toEqual([name, ["🎧é…"]])
    }
  })

  it(
    "packed, cut, mislabelled and doubly packed bodies give a value or a typed error, the same everywhere",
    async () => {
      const labels = Object.keys(codings)
      const labelledBody = FastCheck.record({
        list: FastCheck.array(FastCheck.fullUnicodeString(), { maxLength: 30 }),
        packing: FastCheck.array(FastCheck.constantFrom(...labels), { maxLength: 3 }),
        /** What the header says instead. */
        label: FastCheck.option(FastCheck.constantFrom(...labels, "foo", "")),
        keep: FastCheck.double({ min: 0, max: 1, noNaN: true }),
        isCut: FastCheck.boolean()
      })
      await FastCheck.assert(
        FastCheck.asyncProperty(labelledBody, async ({ isCut, keep, label, list, packing }) => {
          const whole = packing.reduce((bytes, name) => codings[name]?.(bytes) ?? bytes, bodyOf(list))
          const body = isCut ? whole.subarray(0, Math.floor(whole.length * keep)) : whole
          const results = await each(labelled(label ?? packing.join(", "), body), readMarkets)
          // Node's fetch takes no more than five codings.
          const isRight = label === null && body.length === whole.length && packing.join().split(",").length <= 5
          for (const { name } of transports) {
            const result = results[name]
            if (isRight) expect([name, result]).toEqual([name, list])
            else if (typeof result === "string") expect(result).toMatch(/^(DecodeError|TransportError)$/)
            else expect([name, result]).toEqual([name, list])
          }
          // Those who unpack by themselves agree to the letter.
          const ours = transports.filter(({ unpacks }) => unpacks === "us").map(({ name }) => results[name])
          for (const result of ours) expect(result).toEqual(ours[0])
        }),
        { numRuns: 50 }
      )
    },
    120_000
  )
})

it.scopedLive("a dispatcher that unpacks by itself is no hindrance", () =>
  Effect.gen(function*() {
    const own = yield* Effect.acquireRelease(serve, ({ close }) => Effect.sync(close))
    const client = yield* Layer.build(clientOver(decompressing, own.url))
    for (const label of ["gzip", "deflate", "br", "gzip, br"]) {
      own.answer = labelled(label, codings[label]?.(bodyOf(small)) ?? new Uint8Array())
      expect(yield* Effect.provide(readMarkets, client)).toEqual(small)
    }
  }))

for (const { http, name } of transports.filter(({ unpacks }) => unpacks !== "hidden")) {
  it.scopedLive(`${name}: what others have looked at can still be read`, () =>
    Effect.gen(function*() {
      const own = yield* Effect.acquireRelease(serve, ({ close }) => Effect.sync(close))
      const looked: Array<string> = []
      const looking = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.tap((response) => Effect.map(response.text, (text) => looked.push(text)))
        )
      )
      own.answer = { body: bodyOf(small) }
      const client = clientOver(Layer.provide(looking, http), own.url)
      expect(yield* Effect.provide(readMarkets, client)).toEqual(small)
      expect(looked).toHaveLength(1)
    }))
}

describe("the token endpoint's answers", () => {
  const grant = { type: "refresh_token", refreshToken: Redacted.make("a-refresh-token") } as const
  const token = json(JSON.stringify({ access_token: "new-token", expires_in: 3600 }))
  const bom = Uint8Array.from([0xef, 0xbb, 0xbf, ...token])

  for (const { http, name } of transports) {
    it.scopedLive(`over ${name}`, () =>
      Effect.gen(function*() {
        const own = yield* Effect.acquireRelease(serve, ({ close }) => Effect.sync(close))
        const client = yield* Layer.build(http)
        const app = { clientId: "client", accountsUrl: own.url }
        const ask = (answer: Answer) => {
          own.answer = answer
          return Effect.provide(Effect.either(SpotifyAuth.requestToken(app, grant)), client)
        }
        for (const [label, pack] of Object.entries(codings)) {
          expect([label, yield* ask(labelled(label, pack(token)))]).toEqual([label, Either.right(expect.anything())])
        }
        expect(yield* ask(labelled(undefined, bom))).toMatchObject({ right: { expiresIn: 3600 } })
        const endless = () => new Uint8Array(65_536).fill(0x61)
        expect(yield* ask(labelled(undefined, endless))).toMatchObject({
          left: {
            _tag: "OAuthError",
            error: "invalid_response",
            errorDescription: expect.stringContaining("more than")
          }
        })
        expect(yield* ask(labelled(undefined, endless, 400))).toMatchObject({
          left: { _tag: "OAuthError", error: "http_400" }
        })
        yield* Effect.promise(() => expect.poll(() => own.open).toBe(0))
        // Its body would say what to do.
        const code = { type: "authorization_code", code: Redacted.make("code"), redirectUri: "app:cb" } as const
        own.answer = { ...labelled(undefined, token.subarray(0, 9), 400), breaksOff: true }
        const secret = { ...app, clientSecret: Redacted.make("secret") }
        expect(yield* Effect.provide(Effect.flip(SpotifyAuth.requestToken(secret, code)), client)).toMatchObject({
          _tag: "TokenEndpointUnreachable"
        })
        const said = json("{\"error\":\"invalid_grant\"}")
        expect(yield* ask(labelled("gzip", gzipSync(said), 400))).toMatchObject({ left: { error: "invalid_grant" } })
      }))
  }
})

it("no part of a secret is left where a long body is cut", async () => {
  const secret = "BQDk3yPq9sLw2xTf8vJm5nRb7cHg4dZa6eUiOoKpQ1"
  let body = ""
  const http = HttpClient.make((request) =>
    Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body, { status: 400 })))
  )
  const runtime = ManagedRuntime.make(
    clientOver(Layer.succeed(HttpClient.HttpClient, http), "http://127.0.0.1:1", {}, secret)
  )
  for (const before of ["", "Bearer ", "access_token: ", "code="]) {
    for (let at = 4000; at < 4200; at++) {
      // Where only a given secret is known for one, it may stand anywhere; any other after what says so.
      for (const shown of before === "" ? [secret] : [secret, "another-" + secret.toLowerCase()]) {
        body = `<p>${" ".repeat(at - before.length)}${before}${shown} ${"z".repeat(5000)}`
        const error = await runtime.runPromise(Effect.flip(readMarkets))
        expect([at, shown, JSON.stringify(error).includes(shown.slice(0, 6))]).toEqual([at, shown, false])
      }
    }
  }
  await runtime.dispose()
})

describe("what is asked for", () => {
  const asked = (
    http: (typeof transports)[number]["http"],
    headers?: { readonly [name: string]: string }
  ): Promise<ReadonlyArray<readonly [string, string]>> =>
    Effect.runPromise(
      Effect.gen(function*() {
        const own = yield* Effect.acquireRelease(serve, ({ close }) => Effect.sync(close))
        own.answer = { body: json("{\"markets\":[]}") }
        yield* Effect.provide(readMarkets, clientOver(http, own.url, headers === undefined ? {} : { headers }))
        return Object.entries(own.seen[0] ?? {}).filter(([name]) => name.toLowerCase() === "accept-encoding")
      }).pipe(Effect.scoped)
    )

  for (const { http, name } of transports) {
    it(`by ${name}`, async () => {
      const fields = await asked(http)
      expect(fields).toHaveLength(1)
      const encodings = fields[0]?.[1] ?? ""
      // fetch asks by itself, for br where there is TLS.
      for (const coding of name === "FetchTransport" ? ["gzip"] : ["gzip", "deflate", "br"]) {
        expect(encodings.split(/, */)).toContain(coding)
      }
    })

    it(`by ${name}, where the caller says what`, async () => {
      expect((await asked(http, { "accept-encoding": "identity" })).map(([, value]) => value)).toEqual(["identity"])
      expect((await asked(http, { "Accept-Encoding": "gzip;q=0.5" })).map(([, value]) => value)).toEqual(["gzip;q=0.5"])
    })
  }
})
