/** What each command is for, as its help, the list of commands and the completions say it. */
export const about = {
  login: "Sign in with your browser and keep the token",
  logout: "Forget the token",
  whoami: "Show who is signed in",
  token: "Print a valid access token: curl -H \"Authorization: Bearer $(effect-spotify token)\" …",
  doctor: "Look at all that a sign-in depends on, and say what to do",
  now: "Show what is playing, on one line",
  api: "Send any request to the Web API: effect-spotify api GET /me/tracks --all",
  call: "Call any operation by its name: effect-spotify call Tracks.get <id>",
  fake: "Serve a Spotify without network on a port, for clients in any language"
}
