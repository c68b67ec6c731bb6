/** What a test brings along: looked at, and completed to whole things that know each other. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { encoder, instead } from "../../core/input.js"
import { InvalidInput } from "../../core/SpotifyError.js"
import * as SpotifyId from "../../core/SpotifyId.js"
import * as Catalogue from "./catalogue.js"
import type { Own, OwnAlbum, OwnArtist, OwnKind, OwnTrack } from "./own.js"

const saying = <A, I>(schema: Schema.Schema<A, I>, expected: string): Schema.Schema<A, I> =>
  schema.annotations({ message: ({ actual }) => ({ message: instead(expected, actual), override: true }) })

/** The same, but for what is wrong inside of it, which says so itself. */
const outside = <A, I>(schema: Schema.Schema<A, I>, expected: string): Schema.Schema<A, I> =>
  schema.annotations({ message: ({ actual }) => instead(expected, actual) })

const listOf = <A, I>(item: Schema.Schema<A, I>, expected: string): Schema.Schema<ReadonlyArray<A>, ReadonlyArray<I>> =>
  outside(Schema.Array(item), expected)

const aName = saying(Schema.NonEmptyString, "a text that isn't empty")
const anId = saying(Schema.String.pipe(Schema.filter(Catalogue.isId)), "22 letters and digits")
const aCount = saying(Schema.NonNegativeInt, "a whole number from 0")
const aPercentage = saying(Schema.Int.pipe(Schema.between(0, 100)), "a whole number from 0 to 100")
const names = listOf(aName, "a list of texts")

const aDate = saying(
  Schema.String.pipe(
    Schema.filter((text) => /^\d{4}(-\d{2}(-\d{2})?)?$/.test(text) && !Number.isNaN(Date.parse(text)))
  ),
  "a date such as 1965, 1965-06 or 1965-06-01"
)

const artistFields = {
  id: Schema.optional(anId),
  name: aName,
  genres: Schema.optional(names),
  followers: Schema.optional(aCount),
  popularity: Schema.optional(aPercentage)
}

const trackFields = {
  id: Schema.optional(anId),
  name: aName,
  artists: Schema.optional(names),
  track_number: Schema.optional(saying(Schema.Int.pipe(Schema.positive()), "a whole number from 1")),
  duration_ms: Schema.optional(aCount),
  explicit: Schema.optional(saying(Schema.Boolean, "true or false")),
  isrc: Schema.optional(aName),
  popularity: Schema.optional(aPercentage)
}

const albumFields = {
  id: Schema.optional(anId),
  name: aName,
  artists: Schema.optional(names),
  tracks: Schema.optional(
    listOf(
      Schema.Union(outside(Schema.Struct(trackFields), "a name, or an object with one"), Schema.String),
      "a list of tracks, each a name or an object"
    )
  ),
  album_type: Schema.optional(
    saying(Schema.Literal("album", "single", "compilation", "ep"), "one of album, single, compilation, ep")
  ),
  release_date: Schema.optional(aDate),
  genres: Schema.optional(names),
  label: Schema.optional(aName),
  popularity: Schema.optional(aPercentage)
}

const playlistFields = {
  id: Schema.optional(anId),
  name: aName,
  owner: Schema.optional(aName),
  description: Schema.optional(saying(Schema.NullOr(Schema.String), "a text or null")),
  public: Schema.optional(saying(Schema.Boolean, "true or false")),
  collaborative: Schema.optional(saying(Schema.Boolean, "true or false")),
  items: Schema.optional(names),
  followers: Schema.optional(names)
}

const userFields = {
  id: aName,
  display_name: Schema.optional(saying(Schema.NullOr(Schema.String), "a text or null")),
  email: Schema.optional(saying(Schema.String, "a text")),
  country: Schema.optional(
    saying(Schema.String.pipe(Schema.pattern(/^[A-Z]{2}$/)), "an ISO 3166-1 alpha-2 country code")
  ),
  product: Schema.optional(saying(Schema.Literal("premium", "free"), "one of premium, free")),
  saved: Schema.optional(names),
  following: Schema.optional(names)
}

const Seed = outside(
  Schema.Struct({
    artists: Schema.optional(
      listOf(outside(Schema.Struct(artistFields), "an object with a name"), "a list of artists")
    ),
    albums: Schema.optional(listOf(outside(Schema.Struct(albumFields), "an object with a name"), "a list of albums")),
    tracks: Schema.optional(
      listOf(
        outside(Schema.Struct({ ...trackFields, album: Schema.optional(aName) }), "an object with a name"),
        "a list of tracks"
      )
    ),
    playlists: Schema.optional(
      listOf(outside(Schema.Struct(playlistFields), "an object with a name"), "a list of playlists")
    ),
    users: Schema.optional(listOf(outside(Schema.Struct(userFields), "an object with an id"), "a list of users"))
  }),
  "an object with lists of artists, albums, tracks, playlists and users"
)

type Seed = Schema.Schema.Type<typeof Seed>
type ArtistSeed = NonNullable<Seed["artists"]>[number]
type AlbumSeed = Omit<NonNullable<Seed["albums"]>[number], "artists" | "tracks">
type TrackSeed = Omit<NonNullable<Seed["tracks"]>[number], "album">

const encode = encoder("FakeSpotify", Schema.Struct({ seed: Seed }))

const refuse = (place: string, expected: string): Either.Either<never, InvalidInput> =>
  Either.left(InvalidInput.of("FakeSpotify", place, expected))

/** Looks at the form of a seed, which may have been read from a file. */
export const read = (input: unknown): Either.Either<Seed, InvalidInput> =>
  Either.mapBoth(encode({ seed: input }), {
    onLeft: ({ expected, field, operation }) =>
      InvalidInput.of(operation, field.replaceAll(/\.(\d+)(?=\.|$)/g, "[$1]"), expected),
    onRight: ({ seed }) => seed
  })

/** `seedTrack0000000000003`: the id of the nth track, where the seed says none. */
export const id = (kind: OwnKind | "playlist", n: number): string => {
  const start = `seed${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`
  return start + String(n).padStart(22 - start.length, "0")
}

type Draft<A> = { -readonly [K in keyof A]: A[K] extends ReadonlyArray<infer B> ? Array<B> : A[K] }

/** A growing list of things of one kind, by their ids and names. */
class Kind<A extends { readonly id: string; readonly name: string }> {
  readonly all: Array<A> = []
  private readonly byId = new Map<string, number>()
  private readonly byName = new Map<string, Array<number>>()

  constructor(readonly kind: OwnKind) {}

  /** Its number in the whole catalogue. */
  add(place: string, given: string | undefined, make: (id: string) => A): Either.Either<number, InvalidInput> {
    const one = make(given ?? id(this.kind, this.all.length))
    if (this.byId.has(one.id) || Catalogue.inventedIndexOf(this.kind, one.id) !== undefined) {
      return refuse(`${place}.id`, `another one: there is ${this.kind === "track" ? "a" : "an"} ${this.kind} of it`)
    }
    const n = Catalogue.size[this.kind] + this.all.length
    this.all.push(one)
    this.byId.set(one.id, n)
    this.byName.set(one.name, [...this.byName.get(one.name) ?? [], n])
    return Either.right(n)
  }

  /** Those of the name, or the one of the id, URI or link. */
  find(text: string): ReadonlyArray<number> {
    const named = this.byName.get(text)
    if (named !== undefined) return named
    const id = SpotifyId.idOrUndefined(this.kind, text)
    const n = id === undefined ? undefined : this.byId.get(id) ?? Catalogue.inventedIndexOf(this.kind, id)
    return n === undefined ? [] : [n]
  }

  get(n: number): A | undefined {
    return this.all[n - Catalogue.size[this.kind]]
  }
}

const several = (found: ReadonlyArray<number>, kind: string): string =>
  `an id, since ${found.length} ${kind}s have this name`

/** A user's library, by the uris of what is in it. */
export interface Library {
  readonly saved: ReadonlyArray<string>
  readonly artists: ReadonlyArray<string>
  readonly users: ReadonlyArray<string>
}

export interface Playlist {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly description: string | null
  readonly public: boolean
  readonly collaborative: boolean
  readonly uris: ReadonlyArray<string>
  readonly followers: ReadonlyArray<string>
}

export interface Planted {
  readonly own: Own
  readonly playlists: ReadonlyArray<Playlist>
  readonly libraries: ReadonlyMap<string, Library>
}

/** Completes a seed, or says what in it can't be. `userIds` are those who have an account. */
export const plant = (seed: Seed, userIds: ReadonlyArray<string>): Either.Either<Planted, InvalidInput> =>
  Either.gen(function*() {
    const artists = new Kind<OwnArtist>("artist")
    const albums = new Kind<Draft<OwnAlbum>>("album")
    const tracks = new Kind<OwnTrack>("track")

    const addArtist = (place: string, given: ArtistSeed) =>
      artists.add(place, given.id, (id) => ({
        id,
        name: given.name,
        genres: given.genres ?? [],
        followers: given.followers ?? 1000,
        popularity: given.popularity ?? 50
      }))

    /** Those of the names, who are made where there are none. */
    const artistsOf = (place: string, names: ReadonlyArray<string>) =>
      Either.all(names.map((name, i): Either.Either<number, InvalidInput> => {
        const found = artists.find(name)
        const [first] = found
        if (found.length > 1) return refuse(`${place}.artists[${i}]`, several(found, "artist"))
        return first === undefined ? addArtist(place, { name }) : Either.right(first)
      }))

    for (const [i, artist] of (seed.artists ?? []).entries()) yield* addArtist(`seed.artists[${i}]`, artist)

    const somebody = ["Somebody"]

    const addAlbum = (
      place: string,
      given: AlbumSeed,
      artists: ReadonlyArray<number>
    ) =>
      albums.add(place, given.id, (id) => ({
        id,
        name: given.name,
        artists: [...artists],
        tracks: [],
        album_type: given.album_type ?? "album",
        release_date: given.release_date ?? "2026-01-15",
        label: given.label ?? "Invented Records",
        genres: [...given.genres ?? []],
        popularity: given.popularity ?? 50
      }))

    const placed: Array<number> = []
    for (const [i, album] of (seed.albums ?? []).entries()) {
      const place = `seed.albums[${i}]`
      placed.push(yield* addAlbum(place, album, yield* artistsOf(place, album.artists ?? somebody)))
    }

    const addTrack = (
      place: string,
      given: TrackSeed,
      artists: ReadonlyArray<number>,
      album: number
    ) =>
      Either.map(
        tracks.add(place, given.id, (id) => ({
          id,
          name: given.name,
          artists,
          album,
          track_number: given.track_number ?? (albums.get(album)?.tracks.length ?? 0) + 1,
          duration_ms: given.duration_ms ?? 180_000,
          explicit: given.explicit ?? false,
          isrc: given.isrc ?? `ZZSEED26${String(tracks.all.length).padStart(4, "0")}`,
          popularity: given.popularity ?? 50
        })),
        (n) => {
          albums.get(album)?.tracks.push(n)
        }
      )

    for (const [i, { tracks: on }] of (seed.albums ?? []).entries()) {
      const album = placed[i] ?? 0
      for (const [j, given] of (on ?? []).entries()) {
        const place = `seed.albums[${i}].tracks[${j}]`
        const track = typeof given === "string" ? { name: given } : given
        if (track.name === "") return yield* refuse(place, "a text that isn't empty")
        const by = track.artists === undefined
          ? albums.get(album)?.artists ?? []
          : yield* artistsOf(place, track.artists)
        yield* addTrack(place, track, by, album)
      }
    }

    for (const [i, track] of (seed.tracks ?? []).entries()) {
      const place = `seed.tracks[${i}]`
      const found = track.album === undefined ? [] : albums.find(track.album)
      if (found.length > 1) return yield* refuse(`${place}.album`, several(found, "album"))
      const known = found[0] === undefined ? undefined : albums.get(found[0])
      if (found[0] !== undefined && known === undefined) {
        return yield* refuse(`${place}.album`, "an album of the seed, or the name of a new one")
      }
      const by = track.artists === undefined && known !== undefined
        ? known.artists
        : yield* artistsOf(place, track.artists ?? somebody)
      const album = found[0] ?? (yield* addAlbum(
        `${place}.album`,
        track.album === undefined ? { name: track.name, album_type: "single" } : { name: track.album },
        by
      ))
      yield* addTrack(place, track, by, album)
    }

    const places = new Map<string, number>()
    for (const { all, kind } of [artists, albums, tracks]) all.forEach(({ id }, i) => places.set(`${kind}:${id}`, i))
    const own: Own = { artist: artists.all, album: albums.all, track: tracks.all, places }

    const uriOf = (place: string, text: string, more: string): Either.Either<string, InvalidInput> => {
      const found = tracks.find(text)
      if (found.length > 1) return refuse(place, several(found, "track"))
      if (found[0] !== undefined) return Either.right(Catalogue.uriOf(own, "track", found[0]))
      const parsed = Either.getOrUndefined(SpotifyId.parse(text))
      if (parsed !== undefined && parsed.kind !== "playlist" && parsed.kind !== "user") {
        if (Catalogue.indexOf(own, parsed.kind, parsed.id) !== undefined) {
          return Either.right(SpotifyId.uri(parsed.kind, parsed.id))
        }
      }
      return refuse(place, instead(`the name of a track of the seed, or the URI of ${more} that there is`, text))
    }

    const userOf = (place: string, id: string): Either.Either<string, InvalidInput> =>
      userIds.includes(id) ? Either.right(id) : refuse(place, instead(`one of ${userIds.join(", ")}`, id))

    const ids = new Set<string>()
    const playlists: Array<Playlist> = []
    for (const [i, playlist] of (seed.playlists ?? []).entries()) {
      const place = `seed.playlists[${i}]`
      const owner = yield* userOf(`${place}.owner`, playlist.owner ?? userIds[0] ?? "")
      const ownId = playlist.id ?? id("playlist", i)
      if (ids.has(ownId)) return yield* refuse(`${place}.id`, "another one: there is a playlist of it")
      ids.add(ownId)
      const isPublic = playlist.public ?? playlist.collaborative !== true
      if (isPublic && playlist.collaborative === true) {
        return yield* refuse(`${place}.public`, "false or absent where collaborative is true")
      }
      const uris = yield* Either.all((playlist.items ?? []).map((text, j) =>
        text.startsWith("spotify:local:")
          ? Either.right(text)
          : Either.flatMap(uriOf(`${place}.items[${j}]`, text, "a track or an episode"), (uri) =>
            /^spotify:(track|episode):/.test(uri)
              ? Either.right(uri)
              : refuse(`${place}.items[${j}]`, instead("a track or an episode", text)))
      ))
      playlists.push({
        id: ownId,
        owner,
        name: playlist.name,
        description: playlist.description ?? null,
        public: isPublic,
        collaborative: playlist.collaborative ?? false,
        uris,
        followers: yield* Either.all(
          (playlist.followers ?? []).map((user, j) => userOf(`${place}.followers[${j}]`, user))
        )
      })
    }

    const libraries = new Map<string, Library>()
    for (const [i, user] of (seed.users ?? []).entries()) {
      const place = `seed.users[${i}]`
      const followed: { readonly artists: Array<string>; readonly users: Array<string> } = { artists: [], users: [] }
      for (const [j, text] of (user.following ?? []).entries()) {
        const found = artists.find(text)
        if (found.length > 1) return yield* refuse(`${place}.following[${j}]`, several(found, "artist"))
        if (found[0] !== undefined) {
          followed.artists.push(Catalogue.idOf(own, "artist", found[0]))
          continue
        }
        const other = SpotifyId.idOrUndefined("user", text)
        if (other === undefined || !userIds.includes(other)) {
          return yield* refuse(
            `${place}.following[${j}]`,
            instead("the name of an artist of the seed, the URI of one that there is, or a user", text)
          )
        }
        followed.users.push(other)
      }
      libraries.set(user.id, {
        saved: yield* Either.all((user.saved ?? []).map((text, j) => uriOf(`${place}.saved[${j}]`, text, "something"))),
        ...followed
      })
    }
    return { own, playlists, libraries }
  })
