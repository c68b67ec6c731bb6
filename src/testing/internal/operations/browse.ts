import * as Either from "effect/Either"
import * as Hash from "effect/Hash"
import type { Call } from "../call.js"
import { ids, number, ok, page, pageRequest, pathIndex, pathOf, required, smallPageRequest } from "../call.js"
import * as Catalogue from "../catalogue.js"
import type { View } from "../catalogue.js"
import { apiOrigin, fail, imageOrigin, json, notFound } from "../http.js"
import type { Json, JsonObject, Reply, Result } from "../http.js"
import type { Own } from "../own.js"
import { editor } from "../world.js"
import type { Playlist } from "../world.js"
import { simplifiedPlaylist } from "./playlists.js"

const kinds = ["album", "artist", "playlist", "track", "show", "episode", "audiobook"] as const

type SearchKind = (typeof kinds)[number]

/** Search looks at the first part of the catalogue only. */
const searched: Readonly<Record<Exclude<SearchKind, "playlist">, number>> = {
  album: 1_200,
  artist: 100,
  track: 14_400,
  show: Catalogue.size.show,
  episode: Catalogue.size.episode,
  audiobook: Catalogue.size.audiobook
}

const renderers: Readonly<Record<Exclude<SearchKind, "playlist">, (view: View, n: number) => JsonObject>> = {
  album: Catalogue.simplifiedAlbum,
  artist: Catalogue.artist,
  track: Catalogue.track,
  show: Catalogue.simplifiedShow,
  episode: Catalogue.simplifiedEpisode,
  audiobook: Catalogue.simplifiedAudiobook
}

const namesOf = (own: Own, artists: ReadonlyArray<number>): string =>
  artists.map((artist) => Catalogue.artistName(own, artist)).join(" ")

const texts: Readonly<Record<Exclude<SearchKind, "playlist">, (own: Own, n: number) => string>> = {
  album: (own, n) => `${Catalogue.albumName(own, n)} ${namesOf(own, Catalogue.artistsOfAlbum(own, n))}`,
  artist: Catalogue.artistName,
  // The guest of an invented track isn't found by it.
  track: (own, n) =>
    `${Catalogue.trackName(own, n)} ${Catalogue.albumName(own, Catalogue.albumOfTrack(own, n))} ${
      namesOf(own, Catalogue.artistsOfTrack(own, n).slice(0, n < Catalogue.size.track ? 1 : undefined))
    }`,
  show: (_, n) => Catalogue.showName(n),
  episode: (_, n) => Catalogue.episodeName(n),
  audiobook: (_, n) => Catalogue.audiobookName(n)
}

/** Every word must occur; field filters such as `artist:` count as their words. */
const matcher = (q: string): (text: string) => boolean => {
  const words = q.toLowerCase().replace(/\b[a-z]+:/g, " ").replaceAll("\"", " ").split(/\s+/).filter((word) =>
    word !== ""
  )
  return (text) => {
    const lower = text.toLowerCase()
    return words.every((word) => lower.includes(word))
  }
}

const isKind = (value: string): value is SearchKind => kinds.some((kind) => kind === value)

export const search = (call: Call): Result<Reply> =>
  Either.gen(function*() {
    const q = call.query.get("q") ?? ""
    if (q === "") return yield* fail(400, "No search query")
    const types = (yield* required(call, "type")).split(",")
    const request = yield* smallPageRequest(call)
    if (request.offset > 1000) return yield* fail(400, "Invalid offset")
    const matches = matcher(q)
    const found: Record<string, Json> = {}
    for (const kind of types) {
      if (!isKind(kind)) return yield* fail(400, `Bad search type field ${kind}`)
      const query = new URLSearchParams(call.query)
      query.set("type", kind)
      if (kind === "playlist") {
        const playlists = [...call.world.playlists.values()].filter((playlist) =>
          playlist.public && matches(playlist.name)
        )
        // The playlists of Spotify's own editors are found, and not shown.
        found["playlists"] = page(playlists, request, pathOf(call), query, (playlist) =>
          playlist.owner === editor ? null : simplifiedPlaylist(call, playlist))
      } else {
        const { own } = call.world
        const invented = Array.from({ length: searched[kind] }, (_, n) =>
          n)
        const candidates = kind === "album" || kind === "artist" || kind === "track"
          ? Catalogue.all(own, kind, invented)
          : invented
        const numbers = candidates.filter((n) =>
          matches(texts[kind](own, n))
        )
        found[`${kind}s`] = page(numbers, request, pathOf(call), query, (n) =>
          renderers[kind](call.view, n))
      }
    }
    return json(found)
  })

const categoryNames = ["Harbour", "Rainy Days", "Kitchen", "Trams", "Attic", "Focus", "Long Roads", "Sleep"]

const categoryId = (name: string): string => name.toLowerCase().replaceAll(" ", "-")

const category = (name: string): JsonObject => ({
  href: `${apiOrigin}/v1/browse/categories/${categoryId(name)}`,
  icons: [{ url: `${imageOrigin}/image/category-${categoryId(name)}x275`, height: 275, width: 275 }],
  id: categoryId(name),
  name
})

const findCategory = (call: Call): Result<string> => {
  const name = categoryNames.find((name) => categoryId(name) === call.params["category_id"])
  return name === undefined ? notFound : Either.right(name)
}

const wrapped = <A>(
  call: Call,
  key: string,
  items: ReadonlyArray<A>,
  render: (item: A) => Json,
  more: JsonObject = {}
) =>
  Either.map(
    pageRequest(call, 20, 50),
    (request) => json({ ...more, [key]: page(items, request, pathOf(call), call.query, render) })
  )

export const categories = (call: Call): Result<Reply> => wrapped(call, "categories", categoryNames, category)

export const oneCategory = (call: Call): Result<Reply> => Either.map(findCategory(call), (name) => json(category(name)))

const editorial = (call: Call): ReadonlyArray<Playlist> =>
  [...call.world.playlists.values()].filter((playlist) => playlist.owner === editor)

export const categoryPlaylists = (call: Call): Result<Reply> =>
  Either.flatMap(
    findCategory(call),
    (name) =>
      wrapped(call, "playlists", editorial(call), (playlist) => simplifiedPlaylist(call, playlist), { message: name })
  )

export const featured = (call: Call): Result<Reply> =>
  wrapped(call, "playlists", editorial(call), (playlist) => simplifiedPlaylist(call, playlist), {
    message: "Picked by editors"
  })

export const newReleases = (call: Call): Result<Reply> =>
  wrapped(
    call,
    "albums",
    Catalogue.all(call.world.own, "album", Array.from({ length: 100 }, (_, n) => n * 7)),
    (n) => Catalogue.simplifiedAlbum(call.view, n)
  )

const genres = ["acoustic", "ambient", "chill", "disco", "folk", "indie", "jazz", "piano", "pop", "rock", "soul"]

export const genreSeeds = (): Result<Reply> => ok({ genres })

const seedsOf = (call: Call, name: string): ReadonlyArray<string> =>
  (call.query.get(name) ?? "").split(",").filter((seed) => seed !== "")

export const recommendations = (call: Call): Result<Reply> =>
  Either.gen(function*() {
    const limit = yield* number(call, "limit", 20, 1, 100)
    const artists = seedsOf(call, "seed_artists")
    const tracks = seedsOf(call, "seed_tracks")
    const seeds = [
      ...artists.map((id) => ({ id, type: "ARTIST", href: Catalogue.href("artist", id) })),
      ...tracks.map((id) => ({ id, type: "TRACK", href: Catalogue.href("track", id) })),
      ...seedsOf(call, "seed_genres").map((id) => ({ id, type: "GENRE", href: null }))
    ]
    if (seeds.length === 0) return yield* fail(400, "At least one seed is required")
    if (seeds.length > 5) return yield* fail(400, "Too many seeds")
    if (![...artists, ...tracks].every(Catalogue.isId)) return yield* fail(400, "invalid id")
    const start = Math.abs(Hash.string(seeds.map(({ id }) => id).join()))
    return json({
      tracks: Array.from({ length: limit }, (_, i) =>
        Catalogue.track(call.view, (start + i * 31) % Catalogue.size.track)),
      seeds: seeds.map((seed) => ({ ...seed, initialPoolSize: 500, afterFilteringSize: 380, afterRelinkingSize: 365 }))
    })
  })

const share = (n: number, salt: number): number => (n * salt * 37 % 1000) / 1000

const audioFeature = (own: Own, n: number): JsonObject => ({
  acousticness: share(n + 1, 3),
  analysis_url: `${apiOrigin}/v1/audio-analysis/${Catalogue.idOf(own, "track", n)}`,
  danceability: share(n + 1, 7),
  duration_ms: Catalogue.trackDuration(own, n),
  energy: share(n + 1, 11),
  id: Catalogue.idOf(own, "track", n),
  instrumentalness: share(n + 1, 13),
  key: n % 13 - 1,
  liveness: share(n + 1, 17),
  loudness: -share(n + 1, 19) * 40,
  mode: n % 2,
  speechiness: share(n + 1, 23),
  tempo: 70 + n % 110,
  time_signature: 4,
  track_href: Catalogue.href("track", Catalogue.idOf(own, "track", n)),
  type: "audio_features",
  uri: Catalogue.uriOf(own, "track", n),
  valence: share(n + 1, 29)
})

export const audioFeatures = (call: Call): Result<Reply> =>
  Either.map(pathIndex(call, "track"), (n) => json(audioFeature(call.world.own, n)))

export const severalAudioFeatures = (call: Call): Result<Reply> =>
  Either.map(ids(call, 100), (ids) =>
    json({
      audio_features: ids.map((id) => {
        const n = Catalogue.indexOf(call.world.own, "track", id)
        return n === undefined ? null : audioFeature(call.world.own, n)
      })
    }))

const intervals = (count: number, duration: number, more: (i: number) => JsonObject = () => ({})): Json =>
  Array.from({ length: count }, (_, i) => ({ start: i * duration, duration, confidence: share(i + 1, 5), ...more(i) }))

export const audioAnalysis = (call: Call): Result<Reply> =>
  Either.map(pathIndex(call, "track"), (n) => {
    const duration = Catalogue.trackDuration(call.world.own, n) / 1000
    const music = {
      loudness: -8.5,
      tempo: 70 + n % 110,
      tempo_confidence: 0.8,
      time_signature: 4,
      time_signature_confidence: 1,
      key: n % 12,
      key_confidence: 0.6,
      mode: n % 2,
      mode_confidence: 0.7
    }
    return json({
      meta: {
        analyzer_version: "4.0.0",
        platform: "Linux",
        detailed_status: "OK",
        status_code: 0,
        timestamp: 1_444_455_225,
        analysis_time: 9.5,
        input_process: "libvorbisfile L+R 44100->22050"
      },
      track: {
        num_samples: Math.round(duration * 22_050),
        duration,
        sample_md5: "",
        offset_seconds: 0,
        window_seconds: 0,
        analysis_sample_rate: 22_050,
        analysis_channels: 1,
        end_of_fade_in: 0,
        start_of_fade_out: duration - 8,
        ...music,
        codestring: "fake",
        code_version: 3.15,
        echoprintstring: "fake",
        echoprint_version: 4.12,
        synchstring: "fake",
        synch_version: 1,
        rhythmstring: "fake",
        rhythm_version: 1
      },
      bars: intervals(16, 2),
      beats: intervals(64, 0.5),
      sections: intervals(4, duration / 4, () => music),
      segments: intervals(24, 0.25, (i) => ({
        loudness_start: -60,
        loudness_max: -16,
        loudness_max_time: 0.07,
        loudness_end: 0,
        pitches: Array.from({ length: 12 }, (_, pitch) => share(i + pitch + 1, 3)),
        timbre: Array.from({ length: 12 }, (_, part) => share(i + part + 1, 7) * 100)
      })),
      tatums: intervals(128, 0.25)
    })
  })
