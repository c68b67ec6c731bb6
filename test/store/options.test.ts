/** What a store is told that can't be right is said where its layer is built, with the name that is meant. */
import { FileSystem, KeyValueStore } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { describe, expect, it } from "@effect/vitest"
import { Config, type Context, Effect, Layer, Redacted } from "effect"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { makeToken } from "../utils/tokenStoreSuite.js"

const key = Redacted.make("VEhJUyBJUyBBTiBFWEFNUExFLCBOT1QgQSBLRVkhISE=")

/** As from a program without types. */
const untyped = <Out, E, R>(make: (...args: never) => Layer.Layer<Out, E, R>) => (...args: ReadonlyArray<unknown>) =>
  Reflect.apply(make, undefined, args) as Layer.Layer<Out, E, R>

type Needs = TokenStore.TokenStore | KeyValueStore.KeyValueStore | FileSystem.FileSystem | SqlClient.SqlClient

// Nothing of it is used.
const needs = Layer.mergeAll(
  TokenStore.layerMemory,
  KeyValueStore.layerMemory,
  FileSystem.layerNoop({}),
  Layer.succeed(SqlClient.SqlClient, {} as Context.Tag.Service<typeof SqlClient.SqlClient>)
)

const refusal = (layer: Layer.Layer<TokenStore.TokenStore, unknown, Needs>) =>
  Effect.flip(Effect.scoped(Layer.build(Layer.provide(layer, needs))))

const values = untyped(TokenStore.layerKeyValueStore)
const file = untyped(TokenStore.layerFile)
const memory = untyped(TokenStore.layerMemoryWith)
const encrypted = untyped(TokenStore.layerEncrypted)
const encryptedConfig = untyped(TokenStore.layerEncryptedConfig)
const sql = untyped(TokenStoreSql.layer)

describe("options of a store that can't be right", () => {
  it.effect.each<[string, string, string, () => Layer.Layer<TokenStore.TokenStore, unknown, Needs>]>([
    ["layerKeyValueStore", "prefx", "spelt prefix", () => values({ prefx: "app/" })],
    ["layerKeyValueStore", "prefix", "a text", () => values({ prefix: 1 })],
    ["layerKeyValueStore", "options", "{ prefix: \"app/\" }", () => values("app/")],
    ["layerFile", "path", "the path of a file, not \"\"", () => file("")],
    ["layerFile", "path", "the path of a file", () => file("tokens\0.json")],
    ["layerFile", "path", "the path of a file, not undefined", () => file(undefined)],
    ["layerMemoryWith", "tokens", "an object of keys and their tokens", () => memory({ a: { accessToken: "text" } })],
    ["layerMemoryWith", "tokens", "an object of keys and their tokens", () => memory(null)],
    ["layerEncrypted", "previousKey", "spelt previousKeys", () => encrypted({ key, previousKey: [key] })],
    ["layerEncrypted", "key", "Redacted.make", () => encrypted({ key: Redacted.value(key) })],
    ["layerEncrypted", "key", "given", () => encrypted({})],
    ["layerEncrypted", "previousKeys", "a list", () => encrypted({ key, previousKeys: key })],
    ["layerEncrypted", "previousKeys", "a list", () => encrypted({ key, previousKeys: Redacted.value(key) })],
    ["layerEncrypted", "acceptPlain", "true or false", () => encrypted({ key, acceptPlain: "yes" })],
    ["layerEncrypted", "options", "an object", () => encrypted(undefined)],
    [
      "layerEncryptedConfig",
      "previouskeys",
      "spelt previousKeys",
      () => encryptedConfig({ key: Config.succeed(key), previouskeys: Config.succeed([key]) })
    ],
    ["layerEncryptedConfig", "key", "a Config", () => encryptedConfig({ key })],
    ["layerEncryptedConfig", "key", "given", () => encryptedConfig({})],
    ["TokenStoreSql", "tabel", "spelt table", () => sql({ tabel: "tokens" })],
    ["TokenStoreSql", "table", "the name of a table", () => sql({ table: "" })],
    ["TokenStoreSql", "table", "the name of a table", () => sql({ table: "public." })],
    ["TokenStoreSql", "table", "the name of a table", () => sql({ table: 7 })]
  ])("%s: %s (%s)", ([operation, field, expected, layer]) =>
    Effect.gen(function*() {
      const error = yield* refusal(layer())
      expect(error).toMatchObject({
        _tag: "InvalidInput",
        operation: expect.stringContaining(operation),
        field,
        expected: expect.stringContaining(expected)
      })
      expect(JSON.stringify(error)).not.toContain(Redacted.value(key))
    }))

  it.effect("are none where they are undefined", () =>
    Effect.gen(function*() {
      yield* Effect.scoped(Layer.build(Layer.provide(values({ prefix: undefined }), needs)))
      yield* Effect.scoped(Layer.build(Layer.provide(values(undefined), needs)))
      yield* Effect.scoped(Layer.build(memory({ a: makeToken("1"), "": makeToken("2") })))
    }))
})
