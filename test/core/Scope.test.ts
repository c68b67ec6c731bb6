import { expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import * as Scope from "effect-spotify/Scope"
import { existsSync, readFileSync } from "node:fs"

const contract = new URL("../../../shared/spotify/openapi.yml", import.meta.url)

it.skipIf(!existsSync(contract))("knows the scopes of the contract (skipped without ../shared/spotify)", () => {
  const flow = readFileSync(contract, "utf8").split("\n          scopes:\n")[1]?.split("\n  responses:")[0] ?? ""
  const names = [...flow.matchAll(/^ {12}([a-z-]+):/gm)].map((match) => match[1] ?? "").toSorted((a, b) =>
    a < b ? -1 : 1
  )
  expect(names).toHaveLength(19)
  expect(Scope.all).toEqual(names)
})

it("tells what operations need, each scope once", () => {
  const saved = { spec: { scopes: ["user-library-read", "user-follow-read"] } } as const
  const read = { scopes: ["user-library-read"] } as const
  expect(Scope.required()).toEqual([])
  expect(Scope.required(saved, read, { scopes: [] })).toEqual(["user-follow-read", "user-library-read"])
  expect(Scope.missing(["user-library-read", "new-scope"], ["user-library-read", "streaming"])).toEqual(["streaming"])
})

it("reads a token answer's list, unknown scopes too", () => {
  expect(Scope.parse("")).toEqual([])
  expect(Scope.parse(" streaming  new-scope ")).toEqual(["streaming", "new-scope"])
})

it("has a schema of one scope", () => {
  expect(Schema.decodeUnknownEither(Scope.Scope)("streaming")).toEqual(Either.right("streaming"))
  expect(Either.isLeft(Schema.decodeUnknownEither(Scope.Scope)("user-read-mind"))).toBe(true)
})
