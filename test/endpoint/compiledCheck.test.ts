import { Either, FastCheck, ParseResult, Predicate, Schema } from "effect"
import * as Album from "effect-spotify/model/Album"
import * as Artist from "effect-spotify/model/Artist"
import * as AudioAnalysis from "effect-spotify/model/AudioAnalysis"
import * as Audiobook from "effect-spotify/model/Audiobook"
import * as AudioFeatures from "effect-spotify/model/AudioFeatures"
import * as Category from "effect-spotify/model/Category"
import * as Chapter from "effect-spotify/model/Chapter"
import * as Common from "effect-spotify/model/Common"
import * as Episode from "effect-spotify/model/Episode"
import * as Item from "effect-spotify/model/Item"
import * as Player from "effect-spotify/model/Player"
import * as Playlist from "effect-spotify/model/Playlist"
import * as Recommendations from "effect-spotify/model/Recommendations"
import * as Search from "effect-spotify/model/Search"
import * as Show from "effect-spotify/model/Show"
import * as Track from "effect-spotify/model/Track"
import * as User from "effect-spotify/model/User"
import { describe, expect, it } from "vitest"
import { checkOf } from "../../src/endpoint/compiledCheck.js"
import * as Bodies from "../model/bodies.js"

const isSchema = (input: unknown): input is Schema.Schema.AnyNoContext => Schema.isSchema(input)

const models = Object.entries({
  ...Album,
  ...Artist,
  ...AudioAnalysis,
  ...Audiobook,
  ...AudioFeatures,
  ...Category,
  ...Chapter,
  ...Common,
  ...Episode,
  ...Item,
  ...Player,
  ...Playlist,
  ...Recommendations,
  ...Search,
  ...Show,
  ...Track,
  ...User
}).flatMap(([name, model]) => isSchema(model) ? [{ name, model }] : [])

const bodies: ReadonlyArray<object> = Object.values(Bodies).filter((body) => typeof body === "object")

type Json = { [name: string]: unknown } | Array<unknown>

const isContainer = (input: unknown): input is Json => typeof input === "object" && input !== null

/** All places of a body, as the container and the key. */
const places = (body: unknown): ReadonlyArray<readonly [Json, string]> =>
  isContainer(body)
    ? Object.entries(body).flatMap(([key, value]) => [[body, key] as const, ...places(value)])
    : []

const values = [null, undefined, 0, -1.5, "", "text", true, {}, [], [null], ["a"], [1], { a: 1 }, {
  uri: "spotify:track:1"
}]

interface Mutation {
  readonly at: number
  readonly what: "delete" | "add" | "set"
  readonly value: number
}

const mutation: FastCheck.Arbitrary<Mutation> = FastCheck.record({
  at: FastCheck.nat(),
  what: FastCheck.constantFrom("delete", "add", "set", "set"),
  value: FastCheck.nat(values.length - 1)
})

const mutate = (body: object, mutations: ReadonlyArray<Mutation>): unknown => {
  const copy: unknown = structuredClone(body)
  for (const { at, value, what } of mutations) {
    const all = places(copy)
    const place = all[at % Math.max(1, all.length)]
    if (place === undefined) continue
    const [container, key] = place
    if (what === "delete" && Array.isArray(container)) container.splice(Number(key), 1)
    else if (what === "delete") Reflect.deleteProperty(container, key)
    else Reflect.set(container, what === "add" ? `${key}_of_tomorrow` : key, structuredClone(values[value]))
  }
  return copy
}

/** Whether what was decoded is the body, but for members that the schema doesn't know. */
const isPartOf = (decoded: unknown, body: unknown): boolean =>
  Array.isArray(decoded)
    ? Array.isArray(body) && decoded.length === body.length && decoded.every((value, i) => isPartOf(value, body[i]))
    : Predicate.isRecord(decoded)
    ? Predicate.isRecord(body) && Object.entries(decoded).every(([name, value]) => isPartOf(value, body[name]))
    : Object.is(decoded, body)

/** They come in more than one wrapping, which only their decoder takes off. */
const unwrapped = ["PlaylistCover", "AudioAnalysis"]

describe("a body that is taken as it is", () => {
  for (const { model, name } of models) {
    const decode = ParseResult.decodeUnknownEither(model)
    const check = checkOf(model)

    it(`${name}: is taken where it would be decoded, and is what decoding would give`, () => {
      FastCheck.assert(
        FastCheck.property(
          FastCheck.constantFrom(...bodies, ...bodies.filter((body) => check(body))),
          FastCheck.array(mutation, { maxLength: 3 }),
          (body, mutations) => {
            const mutated = mutate(body, mutations)
            const decoded = decode(mutated)
            const isTaken = check(mutated)
            expect(isTaken).toBe(Either.isRight(decoded) && !unwrapped.includes(name))
            if (isTaken && Either.isRight(decoded)) expect(isPartOf(decoded.right, mutated)).toBe(true)
          }
        ),
        { numRuns: 1000 }
      )
    })
  }
})
