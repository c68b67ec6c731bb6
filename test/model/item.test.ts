import { Episode } from "effect-spotify/model/Episode"
import { isEpisode, isLocalTrack, isTrack, isTrackShapedEpisode, isUnknownItem, Item } from "effect-spotify/model/Item"
import type { MaybeItem } from "effect-spotify/model/Item"
import { CurrentlyPlaying, Playing, playing } from "effect-spotify/model/Player"
import { Content, content, PlaylistItem } from "effect-spotify/model/Playlist"
import { LocalTrack, Track } from "effect-spotify/model/Track"
import { describe, expect, it } from "vitest"
import * as Bodies from "./bodies.js"
import { decode } from "./decode.js"

const video = { type: "video", id: "v1" }

const { episode: _, ...unmarked } = Bodies.trackShapedEpisode

const kinds = (item: MaybeItem) => ({
  track: isTrack(item),
  local: isLocalTrack(item),
  episode: isEpisode(item),
  trackShaped: isTrackShapedEpisode(item),
  unknown: isUnknownItem(item)
})

const none = { track: false, local: false, episode: false, trackShaped: false, unknown: false }

describe("guards", () => {
  it.each([
    ["a track", Bodies.track, { track: true }],
    ["a track in another case", { ...Bodies.track, type: "TRACK" }, { track: true }],
    ["a track marked as local that has an id", { ...Bodies.track, is_local: true }, { track: true }],
    ["a local track", Bodies.localTrack, { local: true }],
    ["a local track by its URI alone", { id: null, type: null, uri: "spotify:local:::x:1" }, { local: true }],
    ["a track without an id", { ...Bodies.localTrack, is_local: false, uri: null }, { local: true }],
    ["an episode", Bodies.episode, { episode: true }],
    ["an episode in another case", { ...Bodies.episode, type: "Episode" }, { episode: true }],
    ["an episode marked as one", { ...Bodies.episode, episode: true, track: false }, { episode: true }],
    ["an episode in track shape", Bodies.trackShapedEpisode, { episode: true, trackShaped: true }],
    ["an episode that is called a track", { ...Bodies.trackShapedEpisode, type: "track" }, {
      episode: true,
      trackShaped: true
    }],
    ["an episode in track shape that is marked as a track", {
      ...Bodies.trackShapedEpisode,
      episode: false,
      track: true
    }, {
      episode: true,
      trackShaped: true
    }],
    ["an episode in track shape without any mark", unmarked, {
      episode: true,
      trackShaped: true
    }],
    ["an episode in track shape whose show is null", { ...Bodies.trackShapedEpisode, episode: false, show: null }, {
      episode: true,
      trackShaped: true
    }],
    [
      "an episode that is called and marked as a track, by its URI",
      { ...Bodies.trackShapedEpisode, type: "track", episode: false, track: true },
      { episode: true, trackShaped: true }
    ],
    ["a track with the marks of today", { ...Bodies.track, episode: false, track: true }, { track: true }],
    ["an episode without its show", Bodies.simplifiedEpisode, { unknown: true }],
    ["something new", video, { unknown: true }]
  ])("%s", (_, body, expected) => {
    expect(kinds(decode(Item, body))).toEqual({ ...none, ...expected })
  })

  it("nothing at all", () => {
    for (const nothing of [null, undefined, true]) expect(kinds(nothing)).toEqual(none)
  })
})

describe("content", () => {
  const of = (entry: object) => content(decode(PlaylistItem, { ...Bodies.entry, ...entry }))
  const track = Content.Track({ track: decode(Track, Bodies.track) })

  it.each([
    ["track", { track: Bodies.track }],
    ["item", { item: Bodies.track }],
    ["item before track", { item: Bodies.track, track: Bodies.episode }],
    ["item, where track is a boolean", { item: Bodies.track, track: true }],
    ["track, where item is null", { item: null, track: Bodies.track }]
  ])("reads %s", (_, entry) => {
    expect(of(entry)).toEqual(track)
  })

  it("tells local files, episodes and new things", () => {
    expect(of({ item: Bodies.localTrack })).toEqual(Content.Local({ track: decode(LocalTrack, Bodies.localTrack) }))
    expect(of({ item: Bodies.episode })).toEqual(Content.Episode({ episode: decode(Episode, Bodies.episode) }))
    expect(of({ item: Bodies.trackShapedEpisode })).toMatchObject({ _tag: "Episode", episode: { name: "Bees" } })
    const marked = { ...Bodies.trackShapedEpisode, episode: false, track: true }
    expect(of({ item: marked })).toMatchObject({ _tag: "Episode", episode: { name: "Bees" } })
    expect(of({ item: video })).toEqual(Content.Unknown({ value: video }))
  })

  it.each([["track null", { track: null }], ["both null", { item: null, track: null }], ["neither", {}], [
    "a boolean alone",
    { track: true }
  ]])("is unavailable with %s", (_, entry) => {
    expect(of(entry)).toEqual(Content.Unavailable())
  })

  it("is unavailable for an entry that is null", () => {
    expect(content(null)).toEqual(Content.Unavailable())
  })
})

describe("playing", () => {
  const of = (state: object) => playing(decode(CurrentlyPlaying, { ...Bodies.currentlyPlaying, ...state }))

  it("tells tracks, local files and episodes", () => {
    expect(of({})).toEqual(Playing.Track({ track: decode(Track, Bodies.track) }))
    expect(of({ item: Bodies.localTrack })).toEqual(Playing.Local({ track: decode(LocalTrack, Bodies.localTrack) }))
    expect(of({ item: Bodies.episode, currently_playing_type: "episode" })).toEqual(
      Playing.Episode({ episode: decode(Episode, Bodies.episode) })
    )
  })

  it("tells an episode in the shape of a track, whatever its marks", () => {
    const item = { ...Bodies.trackShapedEpisode, episode: false, track: true }
    expect(of({ item })).toMatchObject({ _tag: "Episode", episode: { name: "Bees" } })
  })

  it.each([
    ["an advertisement", { currently_playing_type: "ad", item: null }, Playing.Advertisement()],
    ["nothing", { currently_playing_type: "unknown", is_playing: false, item: null }, Playing.Nothing()],
    [
      "an episode that was not asked for",
      { currently_playing_type: "episode", item: null },
      Playing.Unknown({ type: "episode", value: null })
    ],
    [
      "something unknown",
      { currently_playing_type: "unknown", item: null },
      Playing.Unknown({
        type: "unknown",
        value: null
      })
    ],
    [
      "something new",
      { currently_playing_type: "video", item: video },
      Playing.Unknown({ type: "video", value: video })
    ]
  ])("tells %s", (_, state, expected) => {
    expect(of(state)).toEqual(expected)
  })

  it("tells nothing where Spotify names no type and nothing plays", () => {
    expect(playing({ is_playing: false, item: null })).toEqual(Playing.Nothing())
  })
})
