/** The pages, as functions from data to markup. */
import { DateTime, Either, Option } from "effect"
import { SpotifyId } from "effect-spotify"
import type { Image } from "effect-spotify/model/Common"
import type { Page } from "effect-spotify/model/Page"
import type { SimplifiedPlaylist } from "effect-spotify/model/Playlist"
import * as Playlist from "effect-spotify/model/Playlist"
import type { Track } from "effect-spotify/model/Track"
import type { PrivateUser } from "effect-spotify/model/User"
import { type Html, html } from "./html.js"
import type { Problem } from "./problems.js"

/** How far back Spotify looks for top tracks. */
export const ranges = { short_term: "4 weeks", medium_term: "6 months", long_term: "A year" } as const

export type Range = keyof typeof ranges

export interface Shelf {
  readonly me: PrivateUser
  readonly range: Range
  readonly tracks: Either.Either<Page<Track>, Problem>
  readonly playlists: Either.Either<Page<SimplifiedPlaylist | null>, Problem>
  /** There in the last weeks before Spotify ends the sign-in. */
  readonly reauthorizeBy: Option.Option<DateTime.Utc>
}

const name = "Top Shelf"

const icon =
  html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><rect x="3" y="5" width="6" height="19" rx="1"/><rect x="11" y="8" width="5" height="16" rx="1"/><rect x="18" y="5.5" width="6" height="18.5" rx="1" transform="rotate(-11 21 24)"/><rect x="2" y="26" width="28" height="3" rx="1.5"/></svg>`

const layout = (title: string, content: Html, user?: PrivateUser) =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
</head>
<body>
<header class="bar">
<a class="brand" href="/">${icon}${name}</a>
${user === undefined ? undefined : account(user)}
</header>
<main>
${content}
</main>
<footer>Music data and covers come from <a href="https://open.spotify.com">Spotify</a>. This page only reads.</footer>
</body>
</html>
`.text

/** The smallest picture that is still sharp at a width in CSS pixels. */
const pictureFor = (images: ReadonlyArray<Image> | null | undefined, width: number): string | undefined => {
  const enough = (images ?? []).filter((image) => (image.width ?? Infinity) >= width)
  return (enough.at(-1) ?? images?.[0])?.url
}

const initial = (name: string) => new Intl.Segmenter().segment(name.trim()).containing(0)?.segment ?? "?"

/** A square cover; without a picture, the first letter of the name. The name stands beside it, so it is decoration. */
const cover = (images: ReadonlyArray<Image> | null | undefined, width: number, name: string) => {
  const url = pictureFor(images, width)
  return url === undefined
    ? html`<span class="cover blank" aria-hidden="true">${initial(name)}</span>`
    : html`<img class="cover" src="${url}" alt="" width="${width}" height="${width}" loading="lazy">`
}

const nameOf = (user: PrivateUser) => user.display_name ?? user.id

const account = (user: PrivateUser) =>
  html`<div class="account">
<span class="avatar">${cover(user.images, 40, nameOf(user))}</span>
<span class="who">${nameOf(user)}</span>
<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
</div>`

/** For somebody who isn't signed in, with what made that so where there is something to say. */
export const welcome = (notice?: string) =>
  layout(
    name,
    html`${notice === undefined ? undefined : html`<p class="notice" role="status">${notice}</p>`}
<section class="hero">
<div>
<h1>The records you keep reaching for.</h1>
<p>See what you play most, over the last weeks or a whole year, next to every playlist you have put together.</p>
<p><a class="button" href="/sign-in">Sign in with Spotify</a></p>
<p class="small">You will be asked to let us read your top tracks and your playlists. Nothing in your account is changed, and you can sign out at any time.</p>
</div>
<div class="sleeves" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
</section>`
  )

const duration = (milliseconds: number) => {
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

const trackRow = (track: Track) =>
  html`<li>
${cover(track.album.images, 56, track.name)}
<span class="what"><a href="${SpotifyId.url("track", track.id)}">${track.name}</a>
<span class="by">${track.artists.map((artist) => artist.name).join(", ")}</span></span>
<span class="time">${duration(track.duration_ms)}</span>
</li>
`

const count = (total: number, one: string) => `${total} ${one}${total === 1 ? "" : "s"}`

const playlistCard = (playlist: SimplifiedPlaylist) => {
  const size = Option.flatMap(Playlist.items(playlist), ({ total }) => Option.fromNullable(total)).pipe(
    Option.map((total) => count(total, "track"))
  )
  const owner = playlist.owner?.display_name ?? playlist.owner?.id ?? "nobody known"
  const title = playlist.name ?? "Without a name"
  return html`<li><a href="${SpotifyId.url("playlist", playlist.id)}">
${cover(playlist.images, 300, title)}
<span class="title">${title}</span>
<span class="by">${Option.match(size, { onNone: () => owner, onSome: (size) => `${size} · ${owner}` })}</span>
</a></li>
`
}

const rangeLinks = (range: Range) =>
  html`<nav class="ranges" aria-label="Period">${
    Object.entries(ranges).map(([key, label]) =>
      key === range
        ? html`<a href="/?range=${key}" aria-current="true">${label}</a>`
        : html`<a href="/?range=${key}">${label}</a>`
    )
  }</nav>`

const failed = (problem: Problem) => html`<p class="notice bad" role="alert">${problem.title}. ${problem.text}</p>`

const topTracks = ({ tracks }: Shelf) =>
  Either.match(tracks, {
    onLeft: failed,
    onRight: ({ items }) =>
      items.length === 0
        ? html`<p class="empty">Spotify has nothing for this period yet. Listen a while, or pick a longer one.</p>`
        : html`<ol class="tracks">${items.map(trackRow)}</ol>`
  })

const playlists = (shelf: Shelf) =>
  Either.match(shelf.playlists, {
    onLeft: failed,
    onRight: ({ items, total }) => {
      const known = items.filter((playlist) => playlist !== null)
      return known.length === 0
        ? html`<p class="empty">You have no playlists yet.</p>`
        : html`<ul class="covers">${known.map(playlistCard)}</ul>
${
          total !== null && items.length < total
            ? html`<p class="small">The first ${items.length} of ${total}.</p>`
            : undefined
        }`
    }
  })

export const shelf = (shelf: Shelf) =>
  layout(
    `${nameOf(shelf.me)} · ${name}`,
    html`${
      Option.match(shelf.reauthorizeBy, {
        onNone: () => undefined,
        onSome: (date) =>
          html`<p class="notice" role="status">Spotify ends every sign-in after six months, yours on
<time datetime="${DateTime.formatIsoDateUtc(date)}">${
            DateTime.formatUtc(date, { locale: "en", dateStyle: "long" })
          }</time>.
<a href="/sign-in">Sign in again</a> now and you won't notice.</p>`
      })
    }
<section>
<div class="heading"><h1>What you play most</h1>${rangeLinks(shelf.range)}</div>
${topTracks(shelf)}
</section>
<section>
<div class="heading"><h2>Your playlists</h2></div>
${playlists(shelf)}
</section>`,
    shelf.me
  )

export const problem = ({ action, text, title }: Problem) =>
  layout(
    `${title} · ${name}`,
    html`<section class="problem">
<h1>${title}</h1>
<p>${text}</p>
<p><a class="button" href="${action.href}">${action.label}</a></p>
</section>`
  )
