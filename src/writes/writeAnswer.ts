/** What can be salvaged of the answer to a write that has happened: a broken body must not make it a failure. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Request, Response } from "../client/SpotifyClient.js"
import { Playlist, PlaylistSnapshot } from "../model/Playlist.js"

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const parsed = (text: string): unknown => Option.getOrUndefined(parseJson(text.replace(/^\uFEFF/, "")))

const textOf = (object: unknown, member: string): string | undefined =>
  Predicate.isRecord(object) && Predicate.isString(object[member]) && object[member] !== "" ? object[member] : undefined

const snapshotIn = (text: string): string | undefined => {
  const quoted = /"snapshot_id"\s*:\s*("(?:[^"\\]|\\.)+")/.exec(text)?.[1]
  const value = quoted === undefined ? undefined : parsed(quoted)
  return Predicate.isString(value) ? value : undefined
}

const isSnapshot = Schema.is(PlaylistSnapshot)

/** A playlist's version, as far as the answer has one: it may be cut, or something else altogether. */
export const snapshot = (text: string): Option.Option<PlaylistSnapshot> => {
  const body = parsed(text)
  if (textOf(body, "snapshot_id") !== undefined && isSnapshot(body)) return Option.some(body)
  const snapshot_id = snapshotIn(text)
  return Option.some(snapshot_id === undefined ? {} : { snapshot_id })
}

const playlistLink = /(?:spotify:playlist:|\bplaylists?\/)([0-9A-Za-z]{22})(?![0-9A-Za-z])/g

/** The one playlist that a text names beside those that the request named, as a description may do. */
const idIn = (text: string, sent: string): string | undefined => {
  const ids = new Set(Array.from(text.matchAll(playlistLink), ([, id]) => id ?? ""))
  for (const [, id = ""] of sent.matchAll(playlistLink)) ids.delete(id)
  const [id, ...others] = ids
  return others.length === 0 ? id : undefined
}

const isPlaylist = Schema.is(Playlist)

/** A new playlist, or what is left of it: its id, what can be read, and empty members for those that it can't lack. */
export const playlist = (text: string, { headers }: Response, request: Request): Option.Option<Playlist> => {
  const body = parsed(text)
  if (isPlaylist(body) && body.id !== "") return Option.some(body)
  const sent = request.body?.text ?? ""
  const id = textOf(body, "id") ?? idIn(`${text} ${headers["location"] ?? ""}`, sent)
  if (id === undefined) return Option.none()
  let found: Playlist = {
    id,
    name: textOf(parsed(sent), "name") ?? "",
    owner: { id: "", type: "user", uri: "" },
    snapshot_id: "",
    type: "playlist",
    uri: `spotify:playlist:${id}`
  }
  for (const [name, value] of Object.entries(Predicate.isRecord(body) ? body : {})) {
    const more = { ...found, [name]: value, id }
    if (value !== "" && isPlaylist(more)) found = more
  }
  return Option.some(found)
}
