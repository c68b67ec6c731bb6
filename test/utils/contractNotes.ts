import type { Operation, Parameter, Parameters } from "./contract.js"

/** Limits that the reference has only in its prose. */
interface Prose {
  readonly query?: { readonly [name: string]: Partial<Parameter> }
  readonly body?: { readonly [name: string]: Partial<Parameter> }
}

/** What holds for a parameter of this name wherever it is. */
const everywhere: Prose = {
  query: {
    offset: { min: 0 },
    position_ms: { min: 0 },
    volume_percent: { min: 0, max: 100 },
    include_groups: { values: ["album", "single", "appears_on", "compilation"] },
    additional_types: { values: ["track", "episode"] },
    time_range: { values: ["long_term", "medium_term", "short_term"] },
    seed_artists: { minItems: 1, maxItems: 5 },
    seed_genres: { minItems: 1, maxItems: 5 },
    seed_tracks: { minItems: 1, maxItems: 5 },
    min_duration_ms: { min: 0 },
    max_duration_ms: { min: 0 },
    target_duration_ms: { min: 0 },
    min_time_signature: { min: 0 },
    max_time_signature: { min: 0 },
    target_time_signature: { min: 0 }
  },
  body: {
    position: { min: 0 },
    position_ms: { min: 0 },
    range_start: { min: 0 },
    insert_before: { min: 0 },
    range_length: { min: 1 },
    device_ids: { minItems: 1, maxItems: 1 }
  }
}

const atMost = (maxItems: number): Partial<Parameter> => ({ minItems: 1, maxItems })

const ids = (maxItems: number): Prose => ({ query: { ids: atMost(maxItems) } })

const ofOperation: { readonly [operationId: string]: Prose } = {
  "get-multiple-albums": ids(20),
  "get-multiple-artists": ids(50),
  "get-multiple-shows": ids(50),
  "get-multiple-episodes": ids(50),
  "get-multiple-audiobooks": ids(50),
  "get-several-chapters": ids(50),
  "get-several-tracks": ids(50),
  "get-several-audio-features": ids(100),
  "save-albums-user": ids(20),
  "remove-albums-user": ids(20),
  "check-users-saved-albums": ids(20),
  "save-audiobooks-user": ids(50),
  "remove-audiobooks-user": ids(50),
  "check-users-saved-audiobooks": ids(50),
  "save-episodes-user": ids(50),
  "remove-episodes-user": ids(50),
  "check-users-saved-episodes": ids(50),
  "save-shows-user": ids(50),
  "remove-shows-user": ids(50),
  "check-users-saved-shows": ids(50),
  "save-tracks-user": { body: { ids: atMost(50), timestamped_ids: atMost(50) } },
  "remove-tracks-user": ids(50),
  "check-users-saved-tracks": ids(50),
  "follow-artists-users": ids(50),
  "unfollow-artists-users": ids(50),
  "check-current-user-follows": ids(50),
  "check-if-user-follows-playlist": ids(1),
  "save-library-items": { query: { uris: atMost(40) } },
  "remove-library-items": { query: { uris: atMost(40) } },
  "check-library-contains": { query: { uris: atMost(40) } },
  "add-items-to-playlist": { body: { uris: atMost(100) } },
  "add-tracks-to-playlist": { body: { uris: atMost(100) } },
  "reorder-or-replace-playlists-items": { body: { uris: { minItems: 0, maxItems: 100 } } },
  "reorder-or-replace-playlists-tracks": { body: { uris: { minItems: 0, maxItems: 100 } } },
  "remove-items-playlist": { body: { items: atMost(100) } },
  "remove-tracks-playlist": { body: { tracks: atMost(100) } },
  "start-a-users-playback": { body: { uris: { minItems: 1 } } },
  "get-recently-played": { query: { after: { min: 0 }, before: { min: 0 } } },
  "set-repeat-mode-on-users-playback": { query: { state: { values: ["track", "context", "off"] } } }
}

/** Where we deviate from the contract, and why. */
export interface Deviation {
  readonly operationIds: ReadonlyArray<string>
  readonly why: string
  readonly change: (operation: Operation) => Operation
}

const without = (parameters: Parameters, ...names: ReadonlyArray<string>): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.includes(name)))

const withParameter = (parameters: Parameters, name: string, change: Partial<Parameter>): Parameters => {
  const parameter = parameters[name]
  return parameter === undefined ? parameters : { ...parameters, [name]: { ...parameter, ...change } }
}

export const deviations: ReadonlyArray<Deviation> = [
  {
    operationIds: ["search", "get-an-artists-albums"],
    why: "its limit of 10 is that of Development Mode: apps in extended quota mode are given pages of 50",
    change: (operation) => ({ ...operation, query: withParameter(operation.query, "limit", { max: 50 }) })
  },
  {
    operationIds: ["get-an-artists-albums"],
    why: "its schema allows a limit of 0, its prose asks for 1 at least",
    change: (operation) => ({ ...operation, query: withParameter(operation.query, "limit", { min: 1 }) })
  },
  {
    operationIds: [
      "save-albums-user",
      "remove-albums-user",
      "save-episodes-user",
      "remove-episodes-user",
      "save-shows-user",
      "remove-shows-user",
      "remove-tracks-user",
      "follow-artists-users",
      "unfollow-artists-users"
    ],
    why: "the ids may be in the query or in the body, where the query's win; the query's are required",
    change: (operation) => ({ ...operation, body: without(operation.body, "ids") })
  },
  {
    operationIds: ["add-items-to-playlist", "add-tracks-to-playlist"],
    why: "URIs and position may be in the query or in the body; the reference recommends the body",
    change: (operation) => ({
      ...operation,
      query: without(operation.query, "uris", "position"),
      body: withParameter(operation.body, "uris", { required: true })
    })
  },
  {
    operationIds: ["reorder-or-replace-playlists-items", "reorder-or-replace-playlists-tracks"],
    why: "URIs may be in the query or in the body; a hundred don't fit a query",
    change: (operation) => ({ ...operation, query: without(operation.query, "uris") })
  }
]

const joined = (parameters: Parameters, prose: Prose["query"]): Parameters =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, { ...parameter, ...prose?.[name] }])
  )

const withProse = (operation: Operation, prose: Prose | undefined): Operation => ({
  ...operation,
  query: joined(operation.query, prose?.query),
  body: joined(operation.body, prose?.body)
})

/** The contract of an operation with what its prose says and where we deviate. */
export const adjusted = (operation: Operation): Operation =>
  deviations
    .filter(({ operationIds }) => operationIds.includes(operation.operationId))
    .reduce(
      (changed, { change }) => change(changed),
      withProse(withProse(operation, everywhere), ofOperation[operation.operationId])
    )
