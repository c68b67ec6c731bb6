/** What a seed brings to a catalogue: things whose numbers go on where those of the invented ones end. */
export interface OwnArtist {
  readonly id: string
  readonly name: string
  readonly genres: ReadonlyArray<string>
  readonly followers: number
  readonly popularity: number
}

export interface OwnAlbum {
  readonly id: string
  readonly name: string
  readonly artists: ReadonlyArray<number>
  readonly tracks: ReadonlyArray<number>
  readonly album_type: string
  readonly release_date: string
  readonly label: string
  readonly genres: ReadonlyArray<string>
  readonly popularity: number
}

export interface OwnTrack {
  readonly id: string
  readonly name: string
  readonly artists: ReadonlyArray<number>
  readonly album: number
  readonly track_number: number
  readonly duration_ms: number
  readonly explicit: boolean
  readonly isrc: string
  readonly popularity: number
}

export interface Own {
  readonly artist: ReadonlyArray<OwnArtist>
  readonly album: ReadonlyArray<OwnAlbum>
  readonly track: ReadonlyArray<OwnTrack>
  /** The number among its kind by `track:<id>`. */
  readonly places: ReadonlyMap<string, number>
}

export type OwnKind = "artist" | "album" | "track"

export const nothing: Own = { artist: [], album: [], track: [], places: new Map() }
