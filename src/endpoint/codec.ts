/** How an operation's answer is read: as JSON by its schema, as one that may be empty, as a write's, or not at all. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import type * as Schema from "effect/Schema"
import type { Request, Response, SpotifyClient, Unreadable } from "../client/SpotifyClient.js"
import { expectedOf, report } from "../client/unreadable.js"
import { firstIssue } from "../core/input.js"
import { DecodeError } from "../core/SpotifyError.js"
import { excerpt, pathOf } from "../core/text.js"
import { checkOf } from "./compiledCheck.js"
import { type Odd, sift } from "./lenientDecoding.js"
import type { Spec } from "./spec.js"

export interface Codec<A> {
  readonly read: (
    spec: Spec,
    response: Response,
    request: Request,
    client: SpotifyClient.Service
  ) => Effect.Effect<A, DecodeError>
}

const decodeError = (
  spec: Spec,
  request: Request,
  response: Response,
  issuePath: string,
  issue: string
): DecodeError => {
  // The decoder's message quotes the value, which may be the whole body: shortened, and without secrets.
  const expected = excerpt(issue, response.redact)
  return new DecodeError({
    operation: spec.operation,
    method: spec.method,
    path: pathOf(request.url),
    status: response.status,
    issuePath,
    expected,
    detail: excerpt(response.text, response.redact),
    message: `${spec.operation}: ${
      spec.method === "GET" ? "" : `it is done (${response.status}), and `
    }the answer can't be read${issuePath === "" ? "" : ` at ${issuePath}`}: ${expected}`
  })
}

const unreadable = (spec: Spec, request: Request, response: Response, odd: ReadonlyArray<Odd>) => {
  const offset = Number(/[?&]offset=(\d+)/.exec(request.url)?.[1] ?? 0)
  return odd.map(({ expected, missing, path }): Unreadable => {
    const place = /(?:^|\.)(\d+)(?:\.|$)/.exec(missing)?.[1]
    return {
      operation: spec.operation,
      index: place === undefined ? undefined : offset + Number(place),
      missing,
      path,
      expected: excerpt(expected, response.redact)
    }
  })
}

export const jsonCodec = <A, I>(success: Schema.Schema<A, I>): Codec<A> => {
  const decode = ParseResult.decodeUnknownEither(success)
  const check: (input: unknown) => input is A = checkOf(success)
  return {
    read: (spec, response, request, client) => {
      const json = Either.try((): unknown => JSON.parse(response.text))
      if (Either.isLeft(json)) {
        return Either.left(decodeError(spec, request, response, "", expectedOf(response.text)))
      }
      if (check(json.right)) return Either.right(json.right)
      const fail = (issue: ParseResult.ParseIssue) => {
        const { message, path } = firstIssue(issue)
        return Either.left(decodeError(spec, request, response, path, message))
      }
      const decoded = decode(json.right)
      if (Either.isRight(decoded)) return Either.right(decoded.right)
      if (client.unreadable === "fail") return fail(decoded.left)
      const { body, odd } = sift(success, json.right)
      const rest = check(body) ? Either.right(body) : decode(body)
      return Either.isLeft(rest)
        ? fail(rest.left)
        : Effect.as(report(client, unreadable(spec, request, response, odd)), rest.right)
    }
  }
}

export const writeCodec = <A, I>(
  success: Schema.Schema<A, I>,
  salvage: (body: string, response: Response, request: Request) => Option.Option<A>
): Codec<A> => {
  const codec = jsonCodec(success)
  return {
    read: (spec, response, request, client) =>
      Effect.matchEffect(codec.read(spec, response, request, { ...client, unreadable: "skip" }), {
        onFailure: (error) =>
          Option.match(salvage(response.text, response, request), {
            onNone: () => Effect.fail(error),
            onSome: Effect.succeed
          }),
        // A body that decodes may still lack the id or version by which the caller knows the result.
        onSuccess: (value) =>
          Effect.succeed(Option.getOrElse(salvage(JSON.stringify(value), response, request), () => value))
      })
  }
}

export const commandCodec: Codec<void> = { read: () => Effect.void }

export const optionCodec = <A, I>(success: Schema.Schema<A, I>): Codec<Option.Option<A>> => {
  const codec = jsonCodec(success)
  return {
    read: (spec, response, request, client) =>
      response.status === 204 || response.text.trim() === ""
        ? Either.right(Option.none())
        : Effect.map(codec.read(spec, response, request, client), Option.some)
  }
}
