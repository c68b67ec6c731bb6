import * as Hash from "effect/Hash"
import type { Json, JsonObject } from "./http.js"
import { apiOrigin, imageOrigin } from "./http.js"
import { nothing } from "./own.js"
import type { Own, OwnAlbum, OwnArtist, OwnTrack } from "./own.js"

export type Mode = "extended" | "development"

export type Kind =
  | "track"
  | "album"
  | "artist"
  | "show"
  | "episode"
  | "audiobook"
  | "chapter"
  | "playlist"
  | "user"

/** What decides how one and the same thing looks in an answer. */
export interface View {
  readonly mode: Mode
  readonly market: string | undefined
  readonly resumePoints: boolean
  readonly own: Own
}

const tracksPerAlbum = 12
const albumsPerArtist = 12
const episodesPerShow = 25
const chaptersPerAudiobook = 14

/** Everything is computed from its number, so the catalogue is large and costs nothing. */
export const size: Readonly<Record<Exclude<Kind, "playlist" | "user">, number>> = {
  track: 144_000,
  album: 12_000,
  artist: 1_000,
  show: 20,
  episode: 500,
  audiobook: 12,
  chapter: 168
}

export const knownTrackId = "7EjyzZcbLxW7PaaLua9Ksb"

/** `id("album", 3)` is `album00000000000000003`: 22 characters of base62, and readable. */
export const id = (kind: Kind, n: number): string =>
  kind === "track" && n === 0 ? knownTrackId : kind + String(n).padStart(22 - kind.length, "0")

export const uri = (kind: Kind, n: number): string => `spotify:${kind}:${id(kind, n)}`

export const isId = (value: string): boolean => /^[0-9A-Za-z]{22}$/.test(value)

const ownArtist = (own: Own, n: number): OwnArtist | undefined => own.artist[n - size.artist]
const ownAlbum = (own: Own, n: number): OwnAlbum | undefined => own.album[n - size.album]
const ownTrack = (own: Own, n: number): OwnTrack | undefined => own.track[n - size.track]

/** The id of a thing by its number: an invented one's, or one's own. */
export const idOf = (own: Own, kind: keyof typeof size, n: number): string =>
  (kind === "artist" || kind === "album" || kind === "track" ? own[kind][n - size[kind]]?.id : undefined) ?? id(kind, n)

export const uriOf = (own: Own, kind: keyof typeof size, n: number): string => `spotify:${kind}:${idOf(own, kind, n)}`

/** The number of a thing in the catalogue, or undefined when there is no such thing. */
export const indexOf = (own: Own, kind: keyof typeof size, value: string): number | undefined => {
  const place = own.places.get(`${kind}:${value}`)
  return place === undefined ? inventedIndexOf(kind, value) : size[kind] + place
}

/** The same of what is invented. */
export const inventedIndexOf = (kind: keyof typeof size, value: string): number | undefined => {
  if (kind === "track" && value === knownTrackId) return 0
  if (!value.startsWith(kind) || !isId(value)) return undefined
  const digits = value.slice(kind.length)
  const n = Number(digits)
  return /^\d+$/.test(digits) && n < size[kind] && id(kind, n) === value ? n : undefined
}

const artistNames = [
  "The Paper Lanterns",
  "Marlo Quint",
  "Halden & the Tide",
  "Ostra Vale",
  "Nine Small Rivers",
  "Petra Lindqvore",
  "Cardboard Observatory",
  "Juno Abendroth",
  "Mercury Allotment",
  "Sel Ferrante Trio"
]
const adjectives =
  "Amber Borrowed Crooked Distant Early Folded Gentle Hollow Idle Jagged Kindred Lunar Mellow Northern Open Quiet Restless Silver Tidal Unlit Velvet Wandering Yellow Zigzag"
    .split(" ")
const nouns =
  "Anchors Bridges Compass Daylight Engines Ferries Gardens Harbours Islands Junction Kites Letters Mirrors Notebooks Orchards Pylons Quarries Rooftops Signals Trams Umbrellas Valleys Windows Yards"
    .split(" ")

const pick = (list: ReadonlyArray<string>, n: number): string => list[n % list.length] ?? ""

const title = (n: number, salt: number): string =>
  `${pick(adjectives, n * 7 + Math.floor(n / 24) + salt)} ${pick(nouns, n * 11 + Math.floor(n / 24) * 5 + salt * 3)}`

export const artistName = (own: Own, n: number): string =>
  ownArtist(own, n)?.name ?? artistNames[n] ?? `${title(n, 1)} Ensemble`
export const albumName = (own: Own, n: number): string => ownAlbum(own, n)?.name ?? title(n, 2)
export const trackName = (own: Own, n: number): string =>
  ownTrack(own, n)?.name ?? (n === 0 ? "Lantern Weather" : title(n, 3))
export const showName = (n: number): string => `${title(n, 4)} Radio`
export const episodeName = (n: number): string => `No. ${n % episodesPerShow + 1}: ${title(n, 5)}`
export const audiobookName = (n: number): string => `The ${title(n, 6)}`

export const albumOfTrack = (own: Own, n: number): number => ownTrack(own, n)?.album ?? Math.floor(n / tracksPerAlbum)

export const artistsOfAlbum = (own: Own, n: number): ReadonlyArray<number> =>
  ownAlbum(own, n)?.artists ?? [Math.floor(n / albumsPerArtist)]

export const artistsOfTrack = (own: Own, n: number): ReadonlyArray<number> => {
  const given = ownTrack(own, n)?.artists
  if (given !== undefined) return given
  const artist = Math.floor(n / tracksPerAlbum / albumsPerArtist)
  return n % 5 === 3 ? [artist, (artist + 1) % size.artist] : [artist]
}
export const showOfEpisode = (n: number): number => Math.floor(n / episodesPerShow)

const range = (start: number, length: number): ReadonlyArray<number> => Array.from({ length }, (_, i) => start + i)

export const tracksOfAlbum = (own: Own, n: number): ReadonlyArray<number> =>
  ownAlbum(own, n)?.tracks ?? range(n * tracksPerAlbum, tracksPerAlbum)

/** The numbers of those of one's own things that `is` holds of. */
const ownOf = <A>(start: number, all: ReadonlyArray<A>, is: (one: A) => boolean): ReadonlyArray<number> =>
  all.flatMap((one, i) => is(one) ? [start + i] : [])

export const albumsOfArtist = (own: Own, n: number): ReadonlyArray<number> => [
  ...n < size.artist ? range(n * albumsPerArtist, albumsPerArtist) : [],
  ...ownOf(size.album, own.album, ({ artists }) => artists.includes(n))
]

/** The first of each album, up to ten; of one's own artist, all that they play on. */
export const topTracksOfArtist = (own: Own, n: number): ReadonlyArray<number> =>
  (n < size.artist
    ? range(n * albumsPerArtist, albumsPerArtist).map((album) => album * tracksPerAlbum)
    : ownOf(size.track, own.track, ({ artists }) => artists.includes(n))).slice(0, 10)

/** The numbers of what there is of a kind: one's own alone where there is any, else so many of the invented ones. */
export const all = (own: Own, kind: "artist" | "album" | "track", invented: ReadonlyArray<number>) =>
  own[kind].length === 0 ? invented : range(size[kind], own[kind].length)
export const episodesOfShow = (n: number) => range(n * episodesPerShow, episodesPerShow)
export const chaptersOfAudiobook = (n: number) => range(n * chaptersPerAudiobook, chaptersPerAudiobook)

export const trackDuration = (own: Own, n: number): number =>
  ownTrack(own, n)?.duration_ms ?? 150_000 + (n * 7919) % 120_000
export const episodeDuration = (n: number): number => 900_000 + (n * 104_729) % 2_400_000

/** A date that depends on nothing but `n`: newer things have a lower number. */
export const pastDate = (n: number): string =>
  new Date(Date.UTC(2026, 0, 15, 8) - n * 3_600_000).toISOString().slice(0, 19) + "Z"

export const markets: ReadonlyArray<string> =
  "AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CG CH CI CL CM CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IS IT JM JO JP KE KG KH KI KM KN KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RW SA SB SC SE SG SI SK SL SM SN SR ST SV SZ TD TG TH TJ TL TN TO TR TT TV TW TZ UA UG US UY UZ VC VE VN VU WS XK ZA ZM ZW"
    .split(" ")

export const href = (kind: Kind, value: string): string => `${apiOrigin}/v1/${kind}s/${value}`

const reference = (kind: Kind, value: string, type: string = kind) => ({
  external_urls: { spotify: `https://open.spotify.com/${type}/${value}` },
  href: href(kind, value),
  id: value,
  type: kind,
  uri: `spotify:${type}:${value}`
})

export const images = (name: string): ReadonlyArray<JsonObject> =>
  [640, 300, 64].map((side) => ({ url: `${imageOrigin}/image/${name}x${side}`, height: side, width: side }))

/** `available_markets` is there in extended mode, unless a market was asked for. */
const availableMarkets = (view: View) => view.mode === "extended" && view.market === undefined ? markets : undefined

const extended = <A extends Json>(view: View, value: A): A | undefined => view.mode === "extended" ? value : undefined

const releaseDate = (own: Own, n: number) => {
  const given = ownAlbum(own, n)?.release_date
  if (given !== undefined) {
    const precision = given.length === 4 ? "year" : given.length === 7 ? "month" : "day"
    return { release_date: given, release_date_precision: precision }
  }
  const year = String(1980 + n * 3 % 46)
  const month = String(1 + n * 5 % 12).padStart(2, "0")
  return n % 9 === 4
    ? { release_date: year, release_date_precision: "year" }
    : n % 9 === 7
    ? { release_date: `${year}-${month}`, release_date_precision: "month" }
    : { release_date: `${year}-${month}-14`, release_date_precision: "day" }
}

export const simplifiedArtist = ({ own }: View, n: number): JsonObject => ({
  ...reference("artist", idOf(own, "artist", n)),
  name: artistName(own, n)
})

export const artist = (view: View, n: number): JsonObject => ({
  ...simplifiedArtist(view, n),
  followers: extended(view, {
    href: null,
    total: ownArtist(view.own, n)?.followers ?? 1_000 + n * 7919 % 900_000
  }),
  genres: ownArtist(view.own, n)?.genres ??
    (n % 3 === 2 ? [] : [pick(["harbour folk", "tram pop", "attic jazz", "slow disco"], n)]),
  images: images(`artist${n}`),
  popularity: extended(view, ownArtist(view.own, n)?.popularity ?? 20 + n * 13 % 80)
})

const albumTypes = ["album", "single", "album", "compilation", "album", "ep"]
const albumGroups = ["album", "single", "album", "compilation", "album", "single"]

export const albumGroup = (own: Own, n: number): string => {
  const given = ownAlbum(own, n)?.album_type
  return given === undefined ? pick(albumGroups, n) : given === "ep" ? "single" : given
}

export const simplifiedAlbum = (view: View, n: number): JsonObject => ({
  ...reference("album", idOf(view.own, "album", n)),
  album_type: ownAlbum(view.own, n)?.album_type ?? pick(albumTypes, n),
  artists: artistsOfAlbum(view.own, n).map((artist) => simplifiedArtist(view, artist)),
  available_markets: availableMarkets(view),
  images: images(`album${n}`),
  is_playable: view.market === undefined ? undefined : true,
  name: albumName(view.own, n),
  ...releaseDate(view.own, n),
  total_tracks: tracksOfAlbum(view.own, n).length
})

export const discographyAlbum = (view: View, n: number): JsonObject => ({
  ...simplifiedAlbum(view, n),
  album_group: extended(view, albumGroup(view.own, n))
})

export const simplifiedTrack = (view: View, n: number): JsonObject => {
  const own = ownTrack(view.own, n)
  const restricted = own === undefined && view.market !== undefined && n % 97 === 13
  return {
    ...reference("track", idOf(view.own, "track", n)),
    artists: artistsOfTrack(view.own, n).map((artist) => simplifiedArtist(view, artist)),
    available_markets: availableMarkets(view),
    disc_number: 1,
    duration_ms: trackDuration(view.own, n),
    explicit: own?.explicit ?? n % 11 === 5,
    is_local: false,
    is_playable: view.market === undefined ? undefined : !restricted,
    linked_from: own === undefined && view.mode === "extended" && view.market !== undefined && n % 40 === 17
      ? reference("track", id("track", n + 1))
      : undefined,
    name: trackName(view.own, n),
    preview_url: null,
    restrictions: restricted ? { reason: "market" } : undefined,
    track_number: own?.track_number ?? n % tracksPerAlbum + 1
  }
}

export const track = (view: View, n: number): JsonObject => ({
  ...simplifiedTrack(view, n),
  album: simplifiedAlbum(view, albumOfTrack(view.own, n)),
  external_ids: { isrc: ownTrack(view.own, n)?.isrc ?? `ZZFAK26${String(n).padStart(5, "0")}` },
  popularity: extended(view, ownTrack(view.own, n)?.popularity ?? 10 + n * 29 % 85)
})

/** A file on the user's own machine: nothing of it is in the catalogue. */
export const localTrack = (localUri: string): JsonObject => {
  const [, , by = "", on = "", name = "", seconds = "0"] = localUri.split(":").map((part) =>
    decodeURIComponent(part.replaceAll("+", " "))
  )
  return {
    album: {
      album_type: null,
      artists: [],
      available_markets: [],
      external_urls: {},
      href: null,
      id: null,
      images: [],
      name: on,
      release_date: null,
      release_date_precision: null,
      type: "album",
      uri: null
    },
    artists: [{ external_urls: {}, href: null, id: null, name: by, type: "artist", uri: null }],
    available_markets: [],
    disc_number: 0,
    duration_ms: Number(seconds) * 1000,
    explicit: false,
    external_ids: {},
    external_urls: {},
    href: null,
    id: null,
    is_local: true,
    name,
    popularity: 0,
    preview_url: null,
    track_number: 0,
    type: "track",
    uri: localUri
  }
}

const descriptions = (plain: string) => ({ description: plain, html_description: `<p>${plain}</p>` })

const resumePoint = (view: View, n: number) =>
  view.resumePoints ? { fully_played: n % 6 === 1, resume_position_ms: n % 6 === 2 ? 61_000 : 0 } : undefined

export const simplifiedShow = (view: View, n: number): JsonObject => ({
  ...reference("show", id("show", n)),
  available_markets: availableMarkets(view),
  copyrights: [],
  ...descriptions(`Conversations recorded in ${title(n, 7).toLowerCase()}.`),
  explicit: n % 5 === 4,
  images: images(`show${n}`),
  is_externally_hosted: false,
  languages: ["en"],
  media_type: "audio",
  name: showName(n),
  publisher: extended(view, `${pick(nouns, n)} Press`),
  total_episodes: episodesPerShow
})

export const simplifiedEpisode = (view: View, n: number): JsonObject => ({
  ...reference("episode", id("episode", n)),
  audio_preview_url: null,
  ...descriptions(`In this episode: ${title(n, 8).toLowerCase()}.`),
  duration_ms: episodeDuration(n),
  explicit: false,
  images: images(`show${showOfEpisode(n)}`),
  is_externally_hosted: false,
  is_playable: true,
  language: "en",
  languages: ["en"],
  name: episodeName(n),
  release_date: pastDate(n * 24).slice(0, 10),
  release_date_precision: "day",
  resume_point: resumePoint(view, n)
})

export const episode = (view: View, n: number): JsonObject => ({
  ...simplifiedEpisode(view, n),
  show: simplifiedShow(view, showOfEpisode(n))
})

/** Saved once, gone from the catalogue since: every member that there was is null. */
export const vanishedEpisode: JsonObject = Object.fromEntries([
  ...Object.keys(episode({ mode: "development", market: undefined, resumePoints: true, own: nothing }, 0)).map((
    key
  ) => [
    key,
    null
  ]),
  ["images", []]
])

/** How an episode looks to a client that did not ask for `additional_types=episode`. */
export const episodeAsTrack = (view: View, n: number): JsonObject => {
  const show = showOfEpisode(n)
  const publisher = { ...reference("artist", id("artist", show)), name: showName(show), type: "show" }
  return {
    ...reference("episode", id("episode", n)),
    album: {
      ...reference("show", id("show", show)),
      album_type: "compilation",
      artists: [publisher],
      available_markets: availableMarkets(view),
      images: images(`show${show}`),
      name: showName(show),
      release_date: "0000",
      release_date_precision: "year",
      total_tracks: 1,
      type: "album"
    },
    artists: [publisher],
    available_markets: availableMarkets(view),
    disc_number: 0,
    duration_ms: episodeDuration(n),
    explicit: false,
    external_ids: { spotify: id("episode", n) },
    is_local: false,
    name: episodeName(n),
    popularity: extended(view, 0),
    preview_url: null,
    track_number: 0
  }
}

export const simplifiedAudiobook = (view: View, n: number): JsonObject => ({
  ...reference("audiobook", id("audiobook", n), "show"),
  authors: [{ name: `${pick(adjectives, n * 5)} ${pick(nouns, n * 3)}son` }],
  available_markets: availableMarkets(view),
  copyrights: [{ text: "2026 Invented Audio", type: "P" }],
  ...descriptions(`A novel about ${title(n, 9).toLowerCase()}.`),
  edition: "Unabridged",
  explicit: false,
  images: images(`audiobook${n}`),
  languages: ["English"],
  media_type: "audio",
  name: audiobookName(n),
  narrators: [{ name: `${pick(nouns, n * 7 + 2)} Reader` }],
  publisher: extended(view, "Invented Audio"),
  total_chapters: chaptersPerAudiobook
})

export const simplifiedChapter = (view: View, n: number): JsonObject => ({
  ...reference("chapter", id("chapter", n), "episode"),
  audio_preview_url: null,
  available_markets: availableMarkets(view),
  chapter_number: n % chaptersPerAudiobook,
  ...descriptions(""),
  duration_ms: 600_000 + n * 7919 % 900_000,
  explicit: false,
  images: images(`audiobook${Math.floor(n / chaptersPerAudiobook)}`),
  is_playable: true,
  languages: ["English"],
  name: `Chapter ${n % chaptersPerAudiobook + 1}`,
  release_date: n % 2 === 0 ? "0000" : "0000-01-01",
  release_date_precision: n % 2 === 0 ? "year" : "day",
  resume_point: resumePoint(view, n)
})

export const chapter = (view: View, n: number): JsonObject => ({
  ...simplifiedChapter(view, n),
  audiobook: simplifiedAudiobook(view, Math.floor(n / chaptersPerAudiobook))
})

/** A square picture for any name, so that pages with covers have something to show. */
export const picture = (name: string): string => {
  const hue = Math.abs(Hash.string(name.replace(/x\d+$/, ""))) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 55% 45%)"/><circle cx="${
    20 + hue % 24
  }" cy="${20 + hue % 19}" r="${10 + hue % 9}" fill="hsl(${(hue + 140) % 360} 65% 70%)"/></svg>`
}

/** What of one's own albums isn't in their short form. */
export const albumDetails = (own: Own, n: number) => {
  const given = ownAlbum(own, n)
  return {
    genres: given?.genres ?? [],
    label: given?.label ?? "Invented Records",
    popularity: given?.popularity ?? 20 + n * 17 % 70
  }
}
