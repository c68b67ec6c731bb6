"""The calls of spotipy, one after the other; prints what each that failed says."""
import json
import sys
import warnings

import spotipy

warnings.simplefilter("ignore")

api_url, token = sys.argv[1:3]
sp = spotipy.Spotify(auth=token, retries=0, status_retries=0)
sp.prefix = api_url + "/"


def id_of(kind, n):
    return kind + str(n).zfill(22 - len(kind))


tracks = [id_of("track", 1), id_of("track", 2)]
uris = ["spotify:track:" + track for track in tracks]
me = sp.me()["id"]
playlist = sp.user_playlist_create(me, "From spotipy", public=True)["id"]

calls = {
    "album": lambda: sp.album(id_of("album", 1)),
    "albums": lambda: sp.albums([id_of("album", 1), id_of("album", 2)]),
    "album_tracks": lambda: sp.album_tracks(id_of("album", 1)),
    "artist": lambda: sp.artist(id_of("artist", 1)),
    "artists": lambda: sp.artists([id_of("artist", 1)]),
    "artist_albums": lambda: sp.artist_albums(id_of("artist", 1), limit=20),
    "artist_top_tracks": lambda: sp.artist_top_tracks(id_of("artist", 1), country="SE"),
    "artist_related_artists": lambda: sp.artist_related_artists(id_of("artist", 1)),
    "track": lambda: sp.track(tracks[0]),
    "tracks": lambda: sp.tracks(tracks),
    "audio_features": lambda: sp.audio_features(tracks),
    "audio_analysis": lambda: sp.audio_analysis(tracks[0]),
    "recommendations": lambda: sp.recommendations(seed_tracks=tracks),
    "recommendation_genre_seeds": lambda: sp.recommendation_genre_seeds(),
    "search": lambda: sp.search("lantern", limit=10, type="track,album"),
    "show": lambda: sp.show(id_of("show", 1), market="SE"),
    "shows": lambda: sp.shows([id_of("show", 1)], market="SE"),
    "show_episodes": lambda: sp.show_episodes(id_of("show", 1), market="SE"),
    "episode": lambda: sp.episode(id_of("episode", 1), market="SE"),
    "episodes": lambda: sp.episodes([id_of("episode", 1)], market="SE"),
    "categories": lambda: sp.categories(country="SE"),
    "category": lambda: sp.category("kitchen"),
    "category_playlists": lambda: sp.category_playlists("kitchen"),
    "featured_playlists": lambda: sp.featured_playlists(),
    "new_releases": lambda: sp.new_releases(),
    "user": lambda: sp.user("other-user"),
    "me": lambda: sp.me(),
    "current_user_playlists": lambda: sp.current_user_playlists(),
    "user_playlists": lambda: sp.user_playlists("other-user"),
    "playlist": lambda: sp.playlist(playlist, fields="name"),
    "playlist_add_items": lambda: sp.playlist_add_items(playlist, uris, position=0),
    "playlist_items": lambda: sp.playlist_items(playlist),
    "next": lambda: sp.next(sp.current_user_saved_tracks(limit=20)),
    "playlist_reorder_items": lambda: sp.playlist_reorder_items(playlist, 0, 2),
    "playlist_replace_items": lambda: sp.playlist_replace_items(playlist, uris),
    "playlist_remove_all_occurrences_of_items": lambda: sp.playlist_remove_all_occurrences_of_items(
        playlist, uris[:1]
    ),
    "playlist_remove_specific_occurrences_of_items": lambda: sp.playlist_remove_specific_occurrences_of_items(
        playlist, [{"uri": uris[1], "positions": [0]}]
    ),
    "playlist_change_details": lambda: sp.playlist_change_details(playlist, name="New"),
    "playlist_upload_cover_image": lambda: sp.playlist_upload_cover_image(playlist, "/9j/4AAQSkZJRg=="),
    "playlist_cover_image": lambda: sp.playlist_cover_image(playlist),
    "current_user_follow_playlist": lambda: sp.current_user_follow_playlist(playlist),
    "playlist_is_following": lambda: sp.playlist_is_following(playlist, [me]),
    "current_user_unfollow_playlist": lambda: sp.current_user_unfollow_playlist(playlist),
    "current_user_saved_tracks": lambda: sp.current_user_saved_tracks(),
    "current_user_saved_tracks_add": lambda: sp.current_user_saved_tracks_add(tracks),
    "current_user_saved_tracks_contains": lambda: sp.current_user_saved_tracks_contains(tracks),
    "current_user_saved_tracks_delete": lambda: sp.current_user_saved_tracks_delete(tracks),
    "current_user_saved_albums": lambda: sp.current_user_saved_albums(),
    "current_user_saved_albums_add": lambda: sp.current_user_saved_albums_add([id_of("album", 3)]),
    "current_user_saved_albums_contains": lambda: sp.current_user_saved_albums_contains([id_of("album", 3)]),
    "current_user_saved_albums_delete": lambda: sp.current_user_saved_albums_delete([id_of("album", 3)]),
    "current_user_saved_shows": lambda: sp.current_user_saved_shows(),
    "current_user_saved_shows_add": lambda: sp.current_user_saved_shows_add([id_of("show", 8)]),
    "current_user_saved_episodes": lambda: sp.current_user_saved_episodes(),
    "current_user_followed_artists": lambda: sp.current_user_followed_artists(),
    "user_follow_artists": lambda: sp.user_follow_artists([id_of("artist", 9)]),
    "current_user_following_artists": lambda: sp.current_user_following_artists([id_of("artist", 9)]),
    "user_unfollow_artists": lambda: sp.user_unfollow_artists([id_of("artist", 9)]),
    "user_follow_users": lambda: sp.user_follow_users(["other-user"]),
    "current_user_top_tracks": lambda: sp.current_user_top_tracks(),
    "current_user_top_artists": lambda: sp.current_user_top_artists(time_range="short_term"),
    "current_user_recently_played": lambda: sp.current_user_recently_played(),
    "start_playback": lambda: sp.start_playback(uris=uris),
    "current_playback": lambda: sp.current_playback(),
    "currently_playing": lambda: sp.currently_playing(),
    "devices": lambda: sp.devices(),
    "queue": lambda: sp.queue(),
    "add_to_queue": lambda: sp.add_to_queue(uris[0]),
    "seek_track": lambda: sp.seek_track(1000),
    "repeat": lambda: sp.repeat("context"),
    "shuffle": lambda: sp.shuffle(True),
    "volume": lambda: sp.volume(30),
    "next_track": lambda: sp.next_track(),
    "previous_track": lambda: sp.previous_track(),
    "pause_playback": lambda: sp.pause_playback(),
    "transfer_playback": lambda: sp.transfer_playback("bbbb567890123456789012345678901234567890"),
}

failed = {}
for name, call in calls.items():
    try:
        call()
    except Exception as error:  # whatever it is, it is what the test looks at
        failed[name] = str(error)

print(json.dumps({"calls": len(calls), "failed": failed}))
