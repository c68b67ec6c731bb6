import type { Call } from "../call.js"
import * as Catalogue from "../catalogue.js"
import type { Json } from "../http.js"

export const wantsEpisodes = (call: Call): boolean =>
  call.query.get("additional_types")?.split(",").includes("episode") ?? false

/** The track or episode of a uri; an episode looks like a track unless the client knows episodes. */
export const playable = (call: Call, uri: string | null, asEpisode: boolean = wantsEpisodes(call)): Json => {
  const [, kind, id = ""] = uri?.split(":") ?? []
  if (uri !== null && kind === "local") return Catalogue.localTrack(uri)
  const n = kind === "track" || kind === "episode" ? Catalogue.indexOf(call.world.own, kind, id) : undefined
  if (n === undefined) return null
  return kind === "track"
    ? Catalogue.track(call.view, n)
    : asEpisode
    ? Catalogue.episode(call.view, n)
    : Catalogue.episodeAsTrack(call.view, n)
}
