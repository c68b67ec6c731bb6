import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { TokenStoreError } from "../core/SpotifyError.js"
import type { SpotifySession } from "./SpotifySession.js"

/**
 * Whose answers a session gets, as a text that another user's session never has, nor the same session after another
 * sign-in; none when nobody is signed in. It may hold a token.
 */
export const ownerOf = (
  session: SpotifySession.Service
): Effect.Effect<Redacted.Redacted | undefined, TokenStoreError> =>
  // The app itself is nobody: its tokens come and go without a sign-in.
  session.kind === "app"
    ? Effect.succeed(Redacted.make(session.key))
    : Effect.map(
      session.token,
      Option.match({
        onNone: () => undefined,
        // A token that doesn't know its sign-in is known by itself, which ends with it.
        onSome: ({ accessToken, authorizedAt, refreshToken = accessToken }) =>
          Redacted.make(JSON.stringify([session.key, authorizedAt?.epochMillis ?? Redacted.value(refreshToken)]))
      })
    )
