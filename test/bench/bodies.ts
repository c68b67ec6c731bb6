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
