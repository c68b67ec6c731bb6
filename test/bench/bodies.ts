/** Bodies in the shape and size of Spotify's: a track of 8 kB, a page of 50 saved tracks of 100 kB. */

export const library = 10_000

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
const market = (n: number): string => `${letters[Math.floor(n / 26) % 26]}${letters[n % 26]}`
const id = (n: number): string => `7EjyzZcbLxW7PaaLu${String(n).padStart(5, "0")}`

const artist = (n: number) => ({
  external_urls: { spotify: `https://open.spotify.com/artist/${id(n)}` },
  href: `https://api.spotify.com/v1/artists/${id(n)}`,
  id: id(n),
  name: `Artist ${n}`,
  type: "artist",
  uri: `spotify:artist:${id(n)}`
})

export const track = (n: number, artists: number, markets: number) => {
  const available_markets = Array.from({ length: markets }, (_, i) => market(i))
  return {
    album: {
      album_type: "album",
      artists: Array.from({ length: artists }, (_, i) => artist(i)),
      available_markets,
      external_urls: { spotify: `https://open.spotify.com/album/${id(n)}` },
      href: `https://api.spotify.com/v1/albums/${id(n)}`,
      id: id(n),
      images: [640, 300, 64].map((size) => ({ height: size, url: `https://i.scdn.co/image/${id(size)}`, width: size })),
      name: `Album ${n}`,
      release_date: "1981-12",
      release_date_precision: "month",
      total_tracks: 12,
      type: "album",
      uri: `spotify:album:${id(n)}`
    },
    artists: Array.from({ length: artists }, (_, i) => artist(i)),
    available_markets,
    disc_number: 1,
    duration_ms: 200_000 + n,
    explicit: false,
    external_ids: { isrc: `GBAAA${n}` },
    external_urls: { spotify: `https://open.spotify.com/track/${id(n)}` },
    href: `https://api.spotify.com/v1/tracks/${id(n)}`,
    id: id(n),
    is_local: false,
    name: `Track ${n}`,
    popularity: n % 100,
    preview_url: null,
    track_number: 1,
    type: "track",
    uri: `spotify:track:${id(n)}`
  }
}

export const page = (url: string, offset: number, limit: number, total = library) => {
  const link = (offset: number): string => `${url}?offset=${offset}&limit=${limit}`
  const length = Math.max(0, Math.min(limit, total - offset))
  return {
    href: link(offset),
    items: Array.from({ length }, (_, i) => ({ added_at: "2026-01-01T00:00:00Z", track: track(offset + i, 1, 35) })),
    limit,
    next: offset + limit < total ? link(offset + limit) : null,
    offset,
    previous: offset === 0 ? null : link(Math.max(0, offset - limit)),
    total
  }
}

/** Numbers that look random, the same in every run. */
const numbersFrom = (seed: number) => {
  let state = seed * 2654435761 >>> 0
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  }
}

const base62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/** A saved track of a real library's variety: ids, names, covers and dates of its own, one to three artists. */
const saved = (n: number) => {
  const below = numbersFrom(n + 1)
  const text = (length: number, from = base62) => Array.from({ length }, () => from[below(from.length)]).join("")
  const words = (count: number) =>
    Array.from({ length: count }, () => text(3 + below(7), "aeiourstlnmdkgpbhcfvwyz")).join(" ")
  const named = (type: string) => {
    const id = text(22)
    return {
      external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
      href: `https://api.spotify.com/v1/${type}s/${id}`,
      id,
      name: words(1 + below(3)),
      type,
      uri: `spotify:${type}:${id}`
    }
  }
  const artists = Array.from({ length: 1 + below(3) }, () => named("artist"))
  const { album, ...rest } = track(n, 0, 180)
  const cover = text(24, "0123456789abcdef")
  return {
    added_at: `20${10 + below(16)}-0${1 + below(9)}-${10 + below(18)}T1${below(10)}:${10 + below(50)}:${
      10 + below(50)
    }Z`,
    track: {
      ...rest,
      ...named("track"),
      album: {
        ...album,
        ...named("album"),
        artists,
        images: album.images.map((image, i) => ({ ...image, url: `https://i.scdn.co/image/ab67616d0000${i}${cover}` })),
        release_date: `19${60 + below(40)}-0${1 + below(9)}-${10 + below(18)}`,
        release_date_precision: "day"
      },
      artists,
      duration_ms: 90_000 + below(300_000),
      external_ids: { isrc: text(12, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") },
      popularity: below(100)
    }
  }
}

/** As `page`, of tracks that don't repeat one another: such pages pack too well. */
export const savedPage = (url: string, offset: number, limit: number) => {
  const like = page(url, offset, limit)
  return { ...like, items: like.items.map((_, i) => saved(offset + i)) }
}
