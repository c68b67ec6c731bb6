import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import * as SpotifyId from "effect-spotify/SpotifyId"

const id = "7EjyzZcbLxW7PaaLua9Ksb"
const kinds: ReadonlyArray<SpotifyId.Kind> = [
  "album",
  "artist",
  "audiobook",
  "chapter",
  "episode",
  "playlist",
  "show",
  "track",
  "user"
]
// How Spotify's own URIs and links name a kind.
const named = (kind: SpotifyId.Kind): SpotifyId.Kind =>
  kind === "audiobook" ? "show" : kind === "chapter" ? "episode" : kind

describe("parse", () => {
  const track = { kind: "track", id }
  const playlist = { kind: "playlist", id }
  const user = (id: string) => ({ kind: "user", id })

  it.each([
    [`spotify:track:${id}`, track],
    [`  spotify:track:${id}\n`, track],
    [`https://open.spotify.com/track/${id}`, track],
    [`http://open.spotify.com/track/${id}`, track],
    [`HTTPS://Open.Spotify.com/track/${id}`, track],
    [`https://play.spotify.com/track/${id}`, track],
    [`https://open.spotify.com/track/${id}?si=0123456789abcdef&context=spotify%3Aalbum%3A1`, track],
    [`https://open.spotify.com/track/${id}#0:30`, track],
    [`https://open.spotify.com/track/${id}/`, track],
    [`https://open.spotify.com/intl-de/track/${id}`, track],
    [`https://open.spotify.com/intl-pt-BR/track/${id}?si=1`, track],
    [`https://open.spotify.com/embed/track/${id}?utm_source=generator`, track],
    [`open.spotify.com/track/${id}`, track],
    [`play.spotify.com/intl-de/track/${id}/?si=1`, track],
    [`OPEN.SPOTIFY.COM/track/${id}`, track],
    [`https://open.spotify.com/track/${id}/?si=1`, track],
    [`https://open.spotify.com//track/${id}//`, track],
    [`https://open.spotify.com/intl-es-419/track/${id}`, track],
    [`https://open.spotify.com/intl-zh-hant/track/${id}`, track],
    [`https://open.spotify.com/intl-de/embed/track/${id}`, track],
    [`https://open.spotify.com/embed/intl-de/track/${id}`, track],
    [`https://open.spotify.com/embed-legacy/track/${id}`, track],
    [`https://open.spotify.com/embed/user/someone/playlist/${id}?x=1`, playlist],
    [`https://open.spotify.com/embed?uri=spotify:track:${id}`, track],
    [`https://open.spotify.com/embed/?theme=white&uri=spotify%3Atrack%3A${id}&x=1`, track],
    [`https://embed.spotify.com/?uri=spotify:user:someone:playlist:${id}`, playlist],
    [`open.spotify.com?uri=spotify%3atrack%3a${id}#a`, track],
    [`https://open.spotify.com/follow/1/?uri=spotify:track:${id}&size=detail`, track],
    [`https://open.spotify.com/track/${id}?uri=spotify:album:4aawyAB9vmqN3uQ7FjRGTy`, track],
    [`spotify:track:${id}?si=0123456789abcdef`, track],
    [`spotify:track:${id}#0:30`, track],
    [`spotify:user:someone:playlist:${id}?si=1`, playlist],
    ["spotify:user:smedjan?si=1", user("smedjan")],
    [`SPOTIFY:track:${id}`, track],
    [`https://open.spotify.com/embed-podcast/episode/${id}`, { kind: "episode", id }],
    [`spotify:user:someone:playlist:${id}`, playlist],
    [`https://open.spotify.com/user/someone/playlist/${id}`, playlist],
    ["spotify:user:smedjan", user("smedjan")],
    ["spotify:user:%C3%BCber%20.x", undefined],
    ["spotify:user:%C3%BCber%23.x", user("über#.x")],
    ["spotify:user:100%", user("100%")],
    ["https://open.spotify.com/user/%C3%BCber", user("über")],
    ["https://open.spotify.com/user/embed", user("embed")],
    ["https://open.spotify.com/user/intl-de", user("intl-de")]
  ])("%s", (input, expected) => {
    expect(Option(SpotifyId.parse(input))).toEqual(expected)
  })

  it.each([
    "",
    id,
    "spotify:",
    "spotify:track",
    "spotify:track:",
    `spotify:track:${id.slice(1)}`,
    `spotify:track:${id}a`,
    `spotify:track:${id.slice(1)}-`,
    `spotify:track:${id}:x`,
    `spotify:track:${id}:x:y`,
    `spotify:user:someone:track:${id}`,
    `spotify:genre:${id}`,
    "spotify:local:a:b:c:1",
    `spotify:constructor:${id}`,
    "spotify:user:",
    "spotify:user:%2e%2e",
    "spotify:user:..",
    "spotify:user:a%2Fb",
    `https://open.spotify.com/track/${id}/extra`,
    `https://open.spotify.com/user/someone/track/${id}`,
    `https://open.spotify.com/${id}`,
    `https://open.spotify.com/search/${id}`,
    `https://open.spotify.com.example.com/track/${id}`,
    `https://open.spotify.com@example.com/track/${id}`,
    `https://example.com/https://open.spotify.com/track/${id}`,
    `https://example.com/?https://open.spotify.com/track/${id}`,
    "https://spotify.link/AbCdEfGhIj",
    `ftp://open.spotify.com/track/${id}`,
    `//open.spotify.com/track/${id}`,
    `https:/open.spotify.com/track/${id}`,
    `www.open.spotify.com/track/${id}`,
    `x@open.spotify.com/track/${id}`,
    `api.spotify.com/v1/tracks/${id}`,
    `spotify.com/track/${id}`,
    `open.spotify.com`,
    `https://open.spotify.com/embed?uri=`,
    `https://open.spotify.com/embed?uri=${id}`,
    `https://open.spotify.com/embed?uri=https://open.spotify.com/track/${id}`,
    `https://open.spotify.com/embed?uri=spotify%3Atrack`,
    `https://open.spotify.com/embed?uri=%E0%A4%A`,
    `https://example.com/embed?uri=spotify:track:${id}`,
    `https://open.spotify.com/intl-/track/${id}`,
    `https://open.spotify.com/intl-de/${id}`,
    `https://open.spotify.com/track/%E0%A4%A`,
    `spotify:track:?si=${id}`
  ])("refuses %s", (input) => {
    expect(Option(Either.flip(SpotifyId.parse(input)))).toMatchObject({
      _tag: "InvalidInput",
      operation: "SpotifyId.parse",
      field: "uri",
      message: expect.stringContaining(`a spotify: URI or an open.spotify.com link, not "${input}"`)
    })
  })
})

it.each([
  "https://spotify.link/AbCdEfGhIj",
  "spotify.link/AbCd",
  "https://spotify.app.link/x?y=1",
  "https://link.tospotify.com/x"
])(
  "says of the short link %s that it has to be opened",
  (input) => {
    const hint = /a short link: open it, and take the open\.spotify\.com link/
    expect(Option(Either.flip(SpotifyId.parse(input)))?.message).toMatch(hint)
    expect(Option(Either.flip(SpotifyId.id("track", input)))?.message).toMatch(hint)
  }
)

// What goes back and forth in them doesn't end within the time of a test.
it("reads links of any length at once", () => {
  for (const part of ["/", "a", "intl-a/", "embed/", "intl-", "?", "%", ":", "a."]) {
    const text = part.repeat(100_000)
    for (const link of [`open.spotify.com/${text}!`, `open.spotify.com/?uri=${text}!`, `spotify:${text}!`]) {
      expect(Either.isLeft(SpotifyId.parse(link))).toBe(true)
    }
    SpotifyId.id("user", text)
  }
})

/** The right side, if there is one. */
const Option = <A>(either: Either.Either<A, unknown>): A | undefined =>
  Either.isRight(either) ? either.right : undefined

describe("id", () => {
  it("takes a kind's own id, URI and link, and no other kind's", () => {
    for (const kind of kinds) {
      for (const other of kinds) {
        for (const input of [`spotify:${other}:${id}`, `https://open.spotify.com/intl-sv/${other}/${id}?si=1`]) {
          const isRight = kind === other || named(kind) === other
          expect(SpotifyId.idOrUndefined(kind, input), `${kind} ${input}`).toBe(isRight ? id : undefined)
        }
      }
      expect(SpotifyId.idOrUndefined(kind, ` ${id} `)).toBe(id)
      // What isn't an id of 22 letters and digits can only be a user's.
      expect(SpotifyId.idOrUndefined(kind, "some.body")).toBe(kind === "user" ? "some.body" : undefined)
    }
  })

  it("says what is allowed", () => {
    expect(Either.flip(SpotifyId.id("album", `spotify:track:${id}`))).toMatchObject({
      right: {
        field: "id",
        message: "SpotifyId.id: id must be an album's id (22 letters and digits), spotify:album: URI or " +
          `open.spotify.com link, not "spotify:track:${id}"`
      }
    })
    expect(SpotifyId.expected("user")).toBe("a user's id, spotify:user: URI or open.spotify.com link")
    expect(Option(Either.flip(SpotifyId.id("track", "x".repeat(10_000))))?.message.length).toBeLessThan(500)
  })

  it("refuses user ids that would change a path or can't stand in one", () => {
    for (const input of ["", ".", "..", "a/b", "a b", "a:b", "a\u0000b", "a\nb", "\ud800", "spotify:user:%2E"]) {
      expect(SpotifyId.idOrUndefined("user", input), JSON.stringify(input)).toBeUndefined()
    }
    for (const input of ["über", "a?b#c", "a%20b", "%", "...", "-_.!~*'()", "1234567890", "😀", "__proto__"]) {
      expect(SpotifyId.idOrUndefined("user", input)).toBe(input)
    }
  })
})

it("writes URIs and links as Spotify does", () => {
  expect(SpotifyId.uri("album", id)).toBe(`spotify:album:${id}`)
  expect(SpotifyId.uri("audiobook", id)).toBe(`spotify:show:${id}`)
  expect(SpotifyId.uri("user", "a%20ü#")).toBe("spotify:user:a%2520%C3%BC%23")
  expect(SpotifyId.url("chapter", id)).toBe(`https://open.spotify.com/episode/${id}`)
  expect(SpotifyId.url("user", "a%20ü#")).toBe("https://open.spotify.com/user/a%2520%C3%BC%23")
})

describe("round trips", () => {
  const base62 = fc.stringMatching(/^[0-9A-Za-z]{22}$/)
  const odd = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  const userId = fc.oneof(odd, fc.string({ unit: "binary", minLength: 1, maxLength: 8 }))
    .filter((name) => SpotifyId.idOrUndefined("user", name) === name)
  const anyId = fc.constantFrom(...kinds).chain((kind) =>
    fc.tuple(fc.constant(kind), kind === "user" ? userId : base62)
  )

  it("reads back the URIs and links that it writes", () => {
    fc.assert(
      fc.property(anyId, ([kind, id]) => {
        for (const text of [SpotifyId.uri(kind, id), SpotifyId.url(kind, id), `${SpotifyId.url(kind, id)}?si=x`]) {
          expect(SpotifyId.parse(text)).toEqual(Either.right({ kind: named(kind), id }))
          expect(SpotifyId.idOrUndefined(kind, text)).toBe(id)
          expect(SpotifyId.uriOption(text)).toBe(SpotifyId.uri(kind, id))
        }
      }),
      { numRuns: 500 }
    )
  })

  it("never throws, and gives only ids that a path can carry", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `spotify:user:${text}`),
      fc.string({ unit: "binary" }).map((text) => `https://open.spotify.com/user/${text}`)
    )
    fc.assert(
      fc.property(fc.constantFrom(...kinds), anything, (kind, input) => {
        SpotifyId.parse(input)
        SpotifyId.uriOption(input)
        const id = SpotifyId.idOrUndefined(kind, input)
        if (id !== undefined) {
          const url = new URL(`https://api.spotify.com/v1/users/${encodeURIComponent(id)}/playlists`)
          expect(url.pathname.split("/")).toHaveLength(5)
          expect(decodeURIComponent(url.pathname.split("/")[3] ?? "")).toBe(id)
        }
      }),
      { numRuns: 1000 }
    )
  })
})
