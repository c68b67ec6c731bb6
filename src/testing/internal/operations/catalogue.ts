import * as Either from "effect/Either"
import type { Call } from "../call.js"
import { ids, ok, page, pathIndex, pathOf, replyPage, smallPageRequest } from "../call.js"
import * as Catalogue from "../catalogue.js"
import type { View } from "../catalogue.js"
import { fail, json } from "../http.js"
import type { JsonObject, Reply, Result } from "../http.js"
import type { Own } from "../own.js"

const marketQuery = (view: View): URLSearchParams =>
  new URLSearchParams(view.market === undefined ? {} : { market: view.market })

const embedded = (
  view: View,
  items: ReadonlyArray<number>,
  path: string,
  render: (view: View, n: number) => JsonObject
): JsonObject => page(items, { limit: 50, offset: 0 }, path, marketQuery(view), (n) => render(view, n))

export const fullAlbum = (view: View, n: number): JsonObject => ({
  ...Catalogue.simplifiedAlbum(view, n),
  copyrights: [{ text: "2026 Invented Records", type: "C" }, { text: "2026 Invented Records", type: "P" }],
  external_ids: { upc: `0000${String(n).padStart(8, "0")}` },
  genres: Catalogue.albumDetails(view.own, n).genres,
  label: view.mode === "extended" ? Catalogue.albumDetails(view.own, n).label : undefined,
  popularity: view.mode === "extended" ? Catalogue.albumDetails(view.own, n).popularity : undefined,
  tracks: embedded(
    view,
    Catalogue.tracksOfAlbum(view.own, n),
    `/albums/${Catalogue.idOf(view.own, "album", n)}/tracks`,
    Catalogue.simplifiedTrack
  )
})

export const fullShow = (view: View, n: number): JsonObject => ({
  ...Catalogue.simplifiedShow(view, n),
  episodes: embedded(
    view,
    Catalogue.episodesOfShow(n),
    `/shows/${Catalogue.id("show", n)}/episodes`,
    Catalogue.simplifiedEpisode
  )
})

export const fullAudiobook = (view: View, n: number): JsonObject => ({
  ...Catalogue.simplifiedAudiobook(view, n),
  chapters: embedded(
    view,
    Catalogue.chaptersOfAudiobook(n),
    `/audiobooks/${Catalogue.id("audiobook", n)}/chapters`,
    Catalogue.simplifiedChapter
  )
})

type CatalogueKind = keyof typeof Catalogue.size

const one = (kind: CatalogueKind, render: (view: View, n: number) => JsonObject) => (call: Call): Result<Reply> =>
  Either.map(pathIndex(call, kind), (n) => json(render(call.view, n)))

/** Unknown ids give null in the place of the thing. */
const several =
  (kind: CatalogueKind, max: number, render: (view: View, n: number) => JsonObject) => (call: Call): Result<Reply> =>
    Either.map(ids(call, max), (ids) =>
      json({
        [`${kind}s`]: ids.map((id) => {
          const n = Catalogue.indexOf(call.world.own, kind, id)
          return n === undefined ? null : render(call.view, n)
        })
      }))

const children = (
  kind: CatalogueKind,
  items: (n: number, own: Own) => ReadonlyArray<number>,
  render: (view: View, n: number) => JsonObject
) =>
(call: Call): Result<Reply> =>
  Either.flatMap(
    pathIndex(call, kind),
    (n) => replyPage(call, items(n, call.world.own), (item) => render(call.view, item))
  )

export const album = one("album", fullAlbum)
export const albums = several("album", 20, fullAlbum)
export const albumTracks = children("album", (n, own) => Catalogue.tracksOfAlbum(own, n), Catalogue.simplifiedTrack)
export const artist = one("artist", Catalogue.artist)
export const artists = several("artist", 50, Catalogue.artist)
export const show = one("show", fullShow)
export const shows = several("show", 50, Catalogue.simplifiedShow)
export const showEpisodes = children("show", Catalogue.episodesOfShow, Catalogue.simplifiedEpisode)
export const episode = one("episode", Catalogue.episode)
export const episodes = several("episode", 50, Catalogue.episode)
export const audiobook = one("audiobook", fullAudiobook)
export const audiobooks = several("audiobook", 50, fullAudiobook)
export const audiobookChapters = children("audiobook", Catalogue.chaptersOfAudiobook, Catalogue.simplifiedChapter)
export const chapter = one("chapter", Catalogue.chapter)
export const chapters = several("chapter", 50, Catalogue.chapter)
export const track = one("track", Catalogue.track)
export const tracks = several("track", 50, Catalogue.track)

const groups = ["album", "single", "appears_on", "compilation"]

export const artistAlbums = (call: Call): Result<Reply> =>
  Either.gen(function*() {
    const n = yield* pathIndex(call, "artist")
    const request = yield* smallPageRequest(call)
    const wanted = call.query.get("include_groups")?.split(",") ?? groups
    if (wanted.some((group) => !groups.includes(group))) return yield* fail(400, "Invalid album type")
    const { own } = call.world
    const albums = Catalogue.albumsOfArtist(own, n).filter((album) => wanted.includes(Catalogue.albumGroup(own, album)))
    return json(
      page(albums, request, pathOf(call), call.query, (album) => Catalogue.discographyAlbum(call.view, album))
    )
  })

export const artistTopTracks = (call: Call): Result<Reply> =>
  Either.map(pathIndex(call, "artist"), (n) =>
    json({
      tracks: Catalogue.topTracksOfArtist(call.world.own, n).map((track) => Catalogue.track(call.view, track))
    }))

export const relatedArtists = (call: Call): Result<Reply> =>
  Either.map(pathIndex(call, "artist"), (n) =>
    json({
      artists: Array.from({ length: 20 }, (_, i) => Catalogue.artist(call.view, (n + i + 1) % Catalogue.size.artist))
    }))

export const markets = (): Result<Reply> => ok({ markets: Catalogue.markets })
