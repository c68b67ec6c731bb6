/** Token files in temporary folders. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import * as TokenStore from "effect-spotify/TokenStore"

export const directory = FileSystem.FileSystem.pipe(
  Effect.flatMap((fs) => fs.makeTempDirectoryScoped()),
  Effect.provide(NodeFileSystem.layer)
)

export const layerAt = (path: string, fs: Layer.Layer<FileSystem.FileSystem> = NodeFileSystem.layer) =>
  Layer.fresh(TokenStore.layerFile(path)).pipe(Layer.provide(fs))

/** Runs an effect with the store of a path, opened anew. */
export const at =
  (path: string, fs?: Layer.Layer<FileSystem.FileSystem>) =>
  <A, E>(effect: (store: TokenStore.TokenStore.Service) => Effect.Effect<A, E, TokenStore.TokenStore>) =>
    TokenStore.TokenStore.pipe(Effect.flatMap(effect), Effect.provide(layerAt(path, fs)))

export const live = (
  title: string,
  body: (path: string, fs: FileSystem.FileSystem, directory: string) => Effect.Effect<void, unknown, Scope.Scope>,
  timeout?: number
) =>
  it.scopedLive(title, () =>
    Effect.gen(function*() {
      const place = yield* directory
      yield* body(`${place}/tokens.json`, yield* FileSystem.FileSystem, place)
    }).pipe(Effect.provide(NodeFileSystem.layer)), timeout)
