import { Predicate } from "effect"
import { type Endpoint, Endpoints, Playlists, Recommendations, Scope, Search } from "effect-spotify"
import * as Player from "effect-spotify/Player"
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { contract, type Operation, type Parameter, type Parameters } from "../utils/contract.js"
import { adjusted, deviations } from "../utils/contractNotes.js"
import { parametersOf } from "../utils/specs.js"

const table = new URL("../../../shared/spotify/operations.tsv", import.meta.url)

const manifest: { readonly exports: { readonly [entry: string]: string | { readonly default: string } } } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8")
)

const isOperation = (value: unknown): value is { readonly spec: Endpoint.Spec } =>
  Predicate.isFunction(value) && Predicate.hasProperty(value, "spec")

const sorted = (parameters: Parameters) =>
  Object.fromEntries(
    Object.entries(parameters)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, parameter]) => [
        name,
        parameter.values === undefined ? parameter : { ...parameter, values: parameter.values.toSorted() }
      ])
  )

const inQuery = (parameters: Parameters): Parameters =>
  Object.fromEntries(
    // A list in a query is sent as one text.
    Object.entries(parameters).map(([name, parameter]) => {
      const { maxItems: _, minItems: __, ...words } = parameter
      return [
        name,
        parameter.type === "array" || parameter.values !== undefined ? { ...words, type: "string" } : parameter
      ]
    })
  )

describe("Endpoints", () => {
  it("has each of the 97 operations once", () => {
    const operationIds = Endpoints.all.map((spec) => spec.operationId)
    expect(operationIds).toHaveLength(97)
    expect(operationIds.toSorted()).toEqual(contract.map((operation) => operation.operationId).toSorted())
    expect(new Set(Endpoints.all.map((spec) => spec.operation)).size).toBe(97)
  })

  it("has what each public module exports with a spec, and nothing else", async () => {
    const modules = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === "string" ? [] : entry.default.replace(/^\.\/dist\/(.*)\.js$/, "../../src/$1.ts")
    )
    const exported = await Promise.all(modules.map(async (path): Promise<object> => import(path)))
    const specs = exported.flatMap((module) =>
      Object.values(module).flatMap((value) => isOperation(value) ? value.spec : [])
    )
    const names = (specs: Iterable<Endpoint.Spec>) => [...new Set(specs)].map(({ operation }) => operation).toSorted()
    expect(names(Endpoints.all)).toEqual(names(specs))
    expect(new Set(Endpoints.all)).toEqual(new Set(specs))
  })

  it.each(Endpoints.all.map((spec) => [spec.operation, spec] as const))(
    "has %s in the group of its name",
    (name, spec) => {
      const [group = "", member = ""] = name.split(".")
      const found = Object.entries(Object.entries(Endpoints.groups).find(([name]) => name === group)?.[1] ?? {})
      expect(found.find(([name]) => name === member)?.[1]).toHaveProperty("spec", spec)
    }
  )

  it.each(contract)("$operationId is declared as the contract has it", (operation) => {
    const expected = adjusted(operation)
    const spec = Endpoints.all.find((spec) => spec.operationId === operation.operationId)
    expect(spec).toBeDefined()
    if (spec === undefined) return
    const upload: Parameters = operation.upload === undefined ? {} : { image: { type: "string", required: true } }
    expect({
      method: spec.method,
      path: spec.path,
      deprecated: spec.deprecated !== undefined,
      query: sorted(inQuery(parametersOf(spec.query))),
      body: sorted(parametersOf(spec.body)),
      scopes: spec.scopes
    }).toEqual({
      method: expected.method,
      path: expected.path,
      deprecated: expected.deprecated,
      query: sorted(inQuery(expected.query)),
      body: sorted({ ...expected.body, ...upload }),
      scopes: expected.scopes
    })
  })

  it("takes an id exactly where the path has one", () => {
    for (const spec of Endpoints.all) {
      expect([spec.operation, spec.id !== undefined]).toEqual([spec.operation, spec.path.includes("{")])
    }
  })

  it("deviates from the contract only where that has the operation", () => {
    for (const { change, operationIds } of deviations) {
      for (const operationId of operationIds) {
        const operation = contract.find((operation) => operation.operationId === operationId)
        expect(operation).toBeDefined()
        if (operation !== undefined) expect(change(operation)).not.toEqual(operation)
      }
    }
  })

  it("says of what Development Mode has lost since when, and what to use instead", () => {
    const operations = new Set(Endpoints.all.map((spec) => spec.operation))
    for (const spec of Endpoints.all) {
      expect([spec.operation, spec.quota]).toEqual([
        spec.operation,
        spec.deprecated === undefined ? "any" : "extended"
      ])
      const use = spec.deprecated?.use
      // `getMany` is no operation of Spotify's, but a way to call two of them.
      if (use !== undefined) expect([use, operations.has(use) || use.endsWith(".getMany")]).toEqual([use, true])
    }
    const since = Endpoints.all.flatMap((spec) => spec.deprecated?.since ?? [])
    expect(since.filter((date) => date === "February 2026")).toHaveLength(40)
    expect(since.filter((date) => date === "November 2024")).toHaveLength(8)
  })

  it("repeats nothing that would be done twice", () => {
    const repeatable = (method: string) =>
      Endpoints.all
        .filter((spec) => spec.method === method && spec.idempotent !== true)
        .map((spec) => [spec.operation, spec.idempotent])
    expect(repeatable("GET")).toEqual([])
    expect(repeatable("DELETE")).toEqual([])
    expect(repeatable("PUT")).toEqual([["Playlists.updateItems", "depends"], ["Playlists.updateTracks", "depends"]])
    expect(repeatable("POST")).toEqual(
      Endpoints.all.filter((spec) => spec.method === "POST").map((spec) => [spec.operation, false])
    )
  })

  it("gives the scopes that a program needs", () => {
    expect(Scope.required(Playlists.addItems, Player.play, Search.search, Recommendations.get)).toEqual([
      "playlist-modify-private",
      "playlist-modify-public",
      "user-modify-playback-state"
    ])
    expect(Scope.required(...Endpoints.all)).toEqual(
      Scope.all.filter((scope) => scope !== "app-remote-control" && scope !== "streaming")
    )
  })
})

const parameter = (text: string): Parameter => {
  const types = ["string", "integer", "number", "boolean", "array", "object"] as const
  const type = types.find((type) => text.startsWith(type))
  if (type === undefined) throw new Error(`a type that isn't known: ${text}`)
  const bound = (name: string) => {
    const found = new RegExp(`,${name}=(-?\\d+)`).exec(text)?.[1]
    return found === undefined ? {} : { [name]: Number(found) }
  }
  const values = /\{([a-z|]+)\}/.exec(text)?.[1]
  return {
    type,
    ...(/,required/.test(text) ? { required: true } : {}),
    ...bound("min"),
    ...bound("max"),
    ...(values === undefined ? {} : { values: values.split("|") })
  }
}

const parameters = (text: string): Parameters =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)\(((?:[^()[\]]|\[[^\]]*\])*)\)/g)].map((
      [, name = "", rest = ""]
    ) => [name, parameter(rest)])
  )

const operationOf = (line: string): Operation => {
  const [
    operationId = "",
    method = "",
    path = "",
    deprecated,
    ,
    ,
    query = "",
    body = "",
    ,
    ,
    ,
    scopes = ""
  ] = line.split("\t")
  const upload = /^(image\/\w+)/.exec(body)?.[1]
  return {
    operationId,
    method,
    path,
    deprecated: deprecated === "y",
    query: parameters(query),
    body: upload === undefined ? parameters(body) : {},
    ...(upload === undefined ? {} : { upload }),
    scopes: scopes.split(" ").filter((scope) => scope !== "")
  }
}

describe("the contract that the tests hold", () => {
  it.skipIf(!existsSync(table))("is the one of the shared table (skipped where that is absent)", () => {
    const lines = readFileSync(table, "utf8").trimEnd().split("\n").slice(1)
    expect(contract).toEqual(lines.map(operationOf))
  })
})
